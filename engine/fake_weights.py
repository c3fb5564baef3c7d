"""Full-size weights that anyone can rebuild, for the bench and for conformance tests when no real ones are here.

Every number follows from its key alone, so the order of keys does not matter.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

_GENERATOR_PARTS = ("mapping", "truncation", "synthesis")


def fake_state(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Return a tensor for every key; generators are told by the first part of their keys."""
    return {key: _tensor(key, shape) for key, shape in shapes.items()}


def fill_with_fakes(module: nn.Module) -> None:
    """Give a module fake weights and put it into eval mode without gradients."""
    module.load_state_dict(fake_state({key: tuple(value.shape) for key, value in module.state_dict().items()}))
    module.eval().requires_grad_(requires_grad=False)


def _tensor(key: str, shape: tuple[int, ...]) -> Tensor:
    if key.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.int64)
    normal = np.random.default_rng(zlib.crc32(key.encode())).standard_normal(shape)
    generator = key.split(".")[0] in _GENERATOR_PARTS
    values = _generator_values(key, normal) if generator else _network_values(key, normal)
    return torch.from_numpy(np.asarray(values, dtype=np.float32).copy())


def _generator_values(key: str, normal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if key.endswith("lod"):
        return np.zeros_like(normal)
    if key.endswith("blur.kernel"):
        return np.broadcast_to(np.outer([1, 2, 1], [1, 2, 1]) / 16, normal.shape)
    if key.endswith("apply_noise.noise"):
        return normal
    if key.startswith("mapping.dense"):
        return (100 if key.endswith("weight") else 10) * normal
    small = key.endswith(("w_avg", "apply_noise.weight", "bias"))
    return 0.1 * normal if small else normal


def _network_values(key: str, normal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if key.endswith("running_var"):
        return np.abs(normal) + 0.5
    if key.endswith("running_mean"):
        return 0.1 * normal
    if normal.ndim >= 2:
        return normal * math.sqrt(2 / math.prod(normal.shape[1:]))
    return 1 + 0.1 * normal if key.endswith("weight") else 0.1 * normal
