"""Files of tensors: whole, finite, of the model they are named after; checkpoints become safetensors, once."""

from __future__ import annotations

import hashlib
import json
import pickle
import struct
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weights.errors import WeightsError
from weights.layout import TensorTable

if TYPE_CHECKING:
    import torch

_LONGEST_HEADER = 100_000_000


def table_digest(shapes: Mapping[str, Iterable[int]]) -> str:
    """Return the digest of a table of tensors: 16 hex digits of SHA-256 over sorted `key:shape` lines."""
    lines = sorted(f"{key}:{','.join(map(str, shape))}" for key, shape in shapes.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def read_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a safetensors file from its header alone.

    Raises:
        WeightsError: the file is truncated, or no safetensors file.
    """
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > min(_LONGEST_HEADER, size):
                raise ValueError("the header does not fit")
            header: dict[str, Any] = json.loads(file.read(length))
        header.pop("__metadata__", None)
        shapes = {key: tuple(int(number) for number in row["shape"]) for key, row in header.items()}
        end = 8 + length + max((row["data_offsets"][1] for row in header.values()), default=0)
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsError(f"{path} is truncated or no safetensors file; get it again") from error
    if size != end:
        raise WeightsError(f"{path} is truncated ({size} of {end} bytes); get it again")
    return shapes


def check_safetensors(path: Path, table: TensorTable | None = None) -> None:
    """Check that a safetensors file is whole, of the expected model and finite.

    Raises:
        WeightsError: it is not; the message names the file.
    """
    _check_table(path, read_shapes(path), table)
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            for key in file.keys():  # noqa: SIM118 (not a mapping)
                _check_finite(path, key, file.get_tensor(key))
    except (SafetensorError, RuntimeError, ValueError) as error:
        raise WeightsError(f"{path} is broken ({type(error).__name__}); get it again") from error


def convert_checkpoint(source: Path, target: Path, table: TensorTable | None = None) -> None:
    """Write a checkpoint's tensors as safetensors; the checkpoint is read without running anything it holds.

    Raises:
        WeightsError: it is truncated, hostile, of another model or not finite; nothing is written then.
    """
    from safetensors.torch import save_file

    tensors = _read_checkpoint(source)
    _check_table(source, {key: tuple(value.shape) for key, value in tensors.items()}, table)
    for key, value in tensors.items():
        _check_finite(source, key, value)
    draft = target.with_name(f"{target.name}.new")
    # Tensors that share memory are refused by the format; each gets a copy of its own.
    save_file({key: value.detach().clone().contiguous() for key, value in tensors.items()}, draft, {"format": "pt"})
    draft.replace(target)


def _read_checkpoint(path: Path) -> dict[str, torch.Tensor]:
    import torch

    try:
        with warnings.catch_warnings(action="ignore"):  # about unusual pickles, which are refused anyway
            tensors = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{path} is broken or holds code, so it was not opened; do not use it, get the published file"
        ) from error
    except Exception as error:  # a damaged file makes torch raise almost anything
        raise WeightsError(f"{path} is truncated or broken ({type(error).__name__}); get it again") from error
    if not isinstance(tensors, dict) or not all(isinstance(value, torch.Tensor) for value in tensors.values()):
        raise WeightsError(f"{path} is not a plain table of tensors; get the published file")
    return {str(key): value for key, value in tensors.items()}


def _check_table(path: Path, shapes: Mapping[str, tuple[int, ...]], table: TensorTable | None) -> None:
    if table is None or (len(shapes) == table.entries and table_digest(shapes) == table.digest):
        return
    counted = f"{len(shapes)} tensors, {table.entries} expected" if len(shapes) != table.entries else "other shapes"
    raise WeightsError(f"{path} is another model than its name says ({counted}); get the published file")


def _check_finite(path: Path, key: str, tensor: torch.Tensor) -> None:
    if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
        raise WeightsError(f"{path} holds numbers that are not finite (in {key}); get the published file again")
