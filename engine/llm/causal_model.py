"""A language model as the decode loop sees it: tokens in, the next token's logits out, adapters by row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from engine.errors import EngineError
from engine.llm.attention import AttentionPlan
from engine.llm.kv_cache import CacheShape
from engine.llm.lora import AdaptedLinear, Adapter, LowRank, RowAdapters
from engine.llm.matrix import MakeMatrix, PlainMatrix


class CausalModel(ABC):
    """A model taken out of a transformers class; its forward pass does only what one step needs.

    Rows never see each other; a row's logits are the same (to rounding) in any batch.
    """

    def __init__(self, cache_shape: CacheShape, longest: int, make_matrix: MakeMatrix = PlainMatrix) -> None:
        self.cache_shape = cache_shape
        self.longest = longest  # tokens of prompt and answer together
        self._make_matrix = make_matrix
        self._linears: list[tuple[AdaptedLinear, tuple[tuple[str, slice], ...]]] = []

    @abstractmethod
    def forward(self, tokens: Tensor, plan: AttentionPlan, adapters: RowAdapters, last: Tensor) -> Tensor:
        """Return the logits after each row's last token: (B, V) float32.

        tokens: (B, L) int64. last: (B,) int64, the place of each row's last real token in `tokens`.
        """

    def add_adapter(self, name: str, adapter: Adapter, *, merged: bool = False) -> None:
        """Add a LoRA adapter under a name; `merged` folds it into the weights for good.

        Raises:
            EngineError: the adapter is for layers that this model has not, or of another size.
        """
        left = set(adapter)
        for layer, members in self._linears:
            parts = [(adapter[member], rows) for member, rows in members if member in adapter]
            left.difference_update(member for member, _ in members)
            if parts:
                layer.add(name, _fused_part(name, layer, parts))
                if merged:
                    layer.merge(name)
        if left:
            raise EngineError(f"The adapter {name} is for another base: it has no layer {min(left)}; check the weights")

    def _adapted(self, *modules: tuple[str, nn.Module]) -> AdaptedLinear:
        """Fuse linear modules that read the same input, given with their full names, and take their weights over.

        They go to the model's device here, one layer at a time, so that only what is kept of them lies there.
        """
        weights: list[Tensor] = []
        biases: list[Tensor] = []
        members: list[tuple[str, slice]] = []
        start = 0
        for name, module in modules:
            assert isinstance(module, nn.Linear), name
            weight, bias = module.weight.detach(), module.bias
            weights.append(weight.to(self.cache_shape.device))
            if bias is not None:
                biases.append(bias.detach().to(self.cache_shape.device))
            members.append((name, slice(start, start + weight.shape[0])))
            start += weight.shape[0]
            del module.weight  # frees it as soon as the fused copy is made
        assert len(biases) in (0, len(weights)), "either all fused layers have a bias or none"
        fused = weights[0] if len(weights) == 1 else torch.cat(weights)
        layer = AdaptedLinear(self._make_matrix(fused), torch.cat(biases) if biases else None)
        self._linears.append((layer, tuple(members)))
        return layer


class RotaryTable:
    """Rotary position angles (Su et al. 2021) as tables, made by the model's own module and grown when needed.

    The sine's first half is negated, so that rotating is `x * cos + roll(x, half) * sin`.
    """

    def __init__(self, module: nn.Module, dtype: torch.dtype, device: torch.device) -> None:
        self._module = module
        self._like = torch.zeros(1, dtype=dtype, device=device)
        self._cos = self._sin = torch.zeros(0, 0, dtype=dtype, device=device)

    def at(self, positions: Tensor, longest: int) -> tuple[Tensor, Tensor]:
        """Return cos and sin for (B, L) positions below `longest`: (B, L, 1, R) each."""
        if longest > self._cos.shape[0]:
            places = torch.arange(-(-longest // 256) * 256, device=self._like.device)[None]
            cos, sin = self._module(self._like, position_ids=places)
            half = sin.shape[-1] // 2
            self._cos, self._sin = cos[0], torch.cat((-sin[0, :, :half], sin[0, :, half:]), dim=-1)
        return self._cos[positions][:, :, None], self._sin[positions][:, :, None]


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate the last axis by the angles of a `RotaryTable`; the angles broadcast over heads."""
    return torch.addcmul(x * cos, x.roll(x.shape[-1] // 2, -1), sin)


def _fused_part(name: str, layer: AdaptedLinear, parts: Sequence[tuple[LowRank, slice]]) -> LowRank:
    rank = sum(part.down.shape[0] for part, _ in parts)
    out_size, in_size = layer.matrix.shape
    dtype, device = layer.matrix.dtype, layer.matrix.device
    down = torch.zeros(rank, in_size, dtype=dtype, device=device)
    up = torch.zeros(out_size, rank, dtype=dtype, device=device)
    start = 0
    for part, rows in parts:
        stop = start + part.down.shape[0]
        if part.down.shape[1] != down.shape[1] or part.up.shape[0] != rows.stop - rows.start:
            raise EngineError(f"The adapter {name} is for a base of another size; check the weights")
        down[start:stop] = part.down
        up[rows, start:stop] = part.up
        start = stop
    return LowRank(down, up)
