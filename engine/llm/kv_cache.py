"""Keys and values of the rows in a decode loop, with room made ahead."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

_TIME_STEP = 64  # capacity grows by this many tokens, so that it seldom grows


@dataclass(frozen=True, slots=True)
class CacheShape:
    """What a model keeps for each token: `width` = 2 x key-value heads x head size, in each of `layers` layers."""

    layers: int
    width: int
    dtype: torch.dtype
    device: torch.device


class KvCache:
    """One (rows, tokens, width) tensor a layer. Active rows are the first ones, without gaps.

    A row holds its tokens from place 0 on; what lies behind its length is leftover that attention must not see.
    """

    def __init__(self, shape: CacheShape) -> None:
        self._shape = shape
        self.layers: list[Tensor] = [self._empty(0, 0) for _ in range(shape.layers)]

    def reserve(self, rows: int, tokens: int) -> None:
        """Make room for so many rows of so many tokens, keeping what is there."""
        have_rows, have_tokens = self.layers[0].shape[:2]
        if rows <= have_rows and tokens <= have_tokens:
            return
        new_rows = have_rows if rows <= have_rows else max(rows, 2 * have_rows)
        new_tokens = have_tokens if tokens <= have_tokens else -(-tokens // _TIME_STEP) * _TIME_STEP
        for index, old in enumerate(self.layers):
            grown = self._empty(new_rows, new_tokens)
            grown[:have_rows, :have_tokens] = old
            self.layers[index] = grown

    def move(self, source: int, target: int, tokens: int) -> None:
        """Copy the first `tokens` tokens of one row over another row."""
        for layer in self.layers:
            layer[target, :tokens] = layer[source, :tokens]

    def _empty(self, rows: int, tokens: int) -> Tensor:
        # Zeros, not uninitialised memory: a leftover NaN would survive being masked out.
        return torch.zeros(rows, tokens, self._shape.width, dtype=self._shape.dtype, device=self._shape.device)
