"""Weights stored as int8 with a scale for each row, and computed with in full precision.

A matrix W is stored as round(W / s) in [-127, 127] and s = max|row| / 127 under `<name>.row_scale`; other tensors are
stored as float16. The file's metadata says `storage: int8`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from engine.errors import EngineError

METADATA = {"format": "pt", "storage": "int8"}
_SCALE = ".row_scale"
_STEPS = 127


def save_int8(state: Mapping[str, Tensor], path: Path) -> None:
    """Write a state dict; matrices become int8, so that a file is about half of its float16 size."""
    tensors: dict[str, Tensor] = {}
    for name, value in state.items():
        if value.ndim == 2 and value.is_floating_point():
            scale = value.float().abs().amax(dim=1).clamp_min(1e-8) / _STEPS
            tensors[name] = (value.float() / scale[:, None]).round().clamp(-_STEPS, _STEPS).to(torch.int8)
            tensors[name + _SCALE] = scale
        else:
            tensors[name] = value.half() if value.is_floating_point() else value.clone()
    save_file(tensors, path, metadata=METADATA)


def is_int8(path: Path) -> bool:
    """Tell whether a safetensors file is stored so."""
    if not path.is_file():
        return False
    try:
        with safe_open(path, framework="pt") as file:
            return (file.metadata() or {}).get("storage") == "int8"
    except Exception as error:  # safetensors raises its own error type, which it does not export for typing
        raise EngineError(f"{path} is damaged ({error}); fetch it again") from error


def read_int8(path: Path) -> dict[str, Tensor]:
    """Read a state dict back as float32.

    Raises:
        EngineError: the file is damaged or a scale is missing.
    """
    try:
        with safe_open(path, framework="pt") as file:
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a dict
        return {
            name: value.float() * stored[name + _SCALE][:, None] if value.dtype == torch.int8 else _floating(value)
            for name, value in stored.items()
            if not name.endswith(_SCALE)
        }
    except Exception as error:
        raise EngineError(f"{path} is damaged ({error}); fetch it again") from error


def _floating(value: Tensor) -> Tensor:
    return value.float() if value.is_floating_point() else value
