"""Files of tensors: safetensors, and the published .pth read without running any code."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.errors import EngineError
from weights.lock import check_pinned

SUFFIXES = (".safetensors", ".pth", ".pt")  # in this order: a converted file comes first


def find_tensor_file(folder: Path, stem: str) -> Path:
    """Return the file of tensors with this name in a folder.

    Raises:
        EngineError: there is none.
    """
    for suffix in SUFFIXES:
        path = folder / f"{stem}{suffix}"
        if path.is_file():
            return path
    raise EngineError(f"{folder / stem}.safetensors (or .pth) is not here; run `weights pull`")


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read a table of tensors; half-precision ones come back as float32.

    Raises:
        EngineError: the file is missing, broken, or holds anything but tensors (a pickle with code, say).
        WeightsError: it is not the file that was pinned when it was fetched.
    """
    check_pinned(path)
    try:
        if path.suffix == ".safetensors":
            tensors = load_file(path)
        else:
            with warnings.catch_warnings(action="ignore"):  # of unusual pickles: they are refused anyway
                tensors = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise EngineError(
            f"{path} is broken or holds more than tensors, so it was not opened; delete it and pull it again"
        ) from error
    except FileNotFoundError as error:
        raise EngineError(f"{path} is not here; run `weights pull`") from error
    except (SafetensorError, OSError, RuntimeError, ValueError, EOFError, KeyError) as error:
        raise EngineError(f"{path} is broken ({type(error).__name__}); delete it and pull it again") from error
    if not isinstance(tensors, dict) or not all(isinstance(value, Tensor) for value in tensors.values()):
        raise EngineError(f"{path} is not a plain table of tensors; delete it and pull it again")
    return {str(name): value.float() if value.is_floating_point() else value for name, value in tensors.items()}


def load_weights(module: nn.Module, path: Path) -> None:
    """Fill a module from a file, key for key, and put it into eval mode without gradients.

    Raises:
        EngineError: keys or shapes differ, or a number is not finite.
    """
    tensors = read_tensors(path)
    wanted = module.state_dict()
    missing, extra = sorted(wanted.keys() - tensors.keys()), sorted(tensors.keys() - wanted.keys())
    if missing or extra:
        named = f"lacks {missing[0]}" if missing else f"has the unknown {extra[0]}"
        raise EngineError(f"{path} {named}, so it is another model; pull the right file or choose another profile")
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape:
            shapes = f"{tuple(tensor.shape)} instead of {tuple(wanted[name].shape)}"
            raise EngineError(f"{path}: {name} is {shapes}, so it is another model; pull the right file")
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise EngineError(f"{path}: {name} has numbers that are not finite; delete the file and pull it again")
    module.load_state_dict(tensors, strict=True)
    module.eval().requires_grad_(requires_grad=False)
