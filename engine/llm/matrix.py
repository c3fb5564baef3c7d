"""The matrix of a linear layer as it is kept in memory: plain, as int8, or as 4-bit NF4.

int8 is one scale for each row: W = s * q, q in [-127, 127]; the product is computed in the input's precision and then
scaled, so a row of a batch does not depend on the others. NF4 (Dettmers et al. 2023, QLoRA) is bitsandbytes'.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.functional import linear

from engine.errors import EngineError
from engine.profile_types import Quantize
from engine.quiet_libraries import quieten

_STEPS = 127
_NF4_BLOCK = 64  # weights that share a scale


class Matrix(Protocol):
    """A matrix (out, in) that inputs are multiplied with."""

    shape: tuple[int, int]
    dtype: torch.dtype  # of what comes in and goes out
    device: torch.device

    def linear(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """Map (..., in) to (..., out)."""


MakeMatrix = Callable[[Tensor], Matrix]


class PlainMatrix:
    """The weights themselves."""

    def __init__(self, weight: Tensor) -> None:
        self.weight = weight
        self.shape = (weight.shape[0], weight.shape[1])
        self.dtype, self.device = weight.dtype, weight.device

    def linear(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """Map (..., in) to (..., out)."""
        return linear(x, self.weight, bias)


class Int8Matrix:
    """A byte a weight."""

    def __init__(self, weight: Tensor) -> None:
        self.shape = (weight.shape[0], weight.shape[1])
        self.dtype, self.device = weight.dtype, weight.device
        scale = weight.float().abs().amax(dim=1).clamp_min(1e-8) / _STEPS
        self._values = (weight.float() / scale[:, None]).round().clamp(-_STEPS, _STEPS).to(torch.int8)
        self._scale = scale.to(weight.dtype)

    def linear(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """Map (..., in) to (..., out)."""
        out = linear(x, self._values.to(x.dtype)).mul_(self._scale)
        return out if bias is None else out.add_(bias)


class Nf4Matrix:
    """About half a byte a weight."""

    def __init__(self, weight: Tensor) -> None:
        bits = _bitsandbytes()
        self.shape = (weight.shape[0], weight.shape[1])
        self.dtype, self.device = weight.dtype, weight.device
        self._multiply = bits.matmul_4bit
        self._packed, self._state = bits.functional.quantize_4bit(
            weight.contiguous(), blocksize=_NF4_BLOCK, quant_type="nf4", compress_statistics=True
        )

    def linear(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """Map (..., in) to (..., out)."""
        out: Tensor = self._multiply(x, self._packed.t(), quant_state=self._state, bias=bias)
        return out


def matrix_maker(quantize: Quantize) -> MakeMatrix:
    """Return how matrices are kept.

    Raises:
        EngineError: the library for 4 bits is not installed.
    """
    if quantize == "int4":
        _bitsandbytes()
        return Nf4Matrix
    return Int8Matrix if quantize == "int8" else PlainMatrix


def _bitsandbytes() -> Any:
    quieten()
    try:
        import bitsandbytes
    except (ImportError, OSError, RuntimeError) as error:
        raise EngineError(
            "4-bit loading needs bitsandbytes; run `make install`, or set OHLORA_QUANTIZE=int8"
        ) from error
    return bitsandbytes
