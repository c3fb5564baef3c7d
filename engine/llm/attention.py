"""Where the tokens of one forward pass are written in the cache, and what each of them may look at."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from engine.llm.kv_cache import KvCache


class AttentionPlan(Protocol):
    """The placement of one forward pass.

    positions: (B, L) int64, the place of each token in its row. longest: more than the largest place.
    """

    positions: Tensor
    longest: int

    def attend(self, layer: int, query: Tensor, key_value: Tensor, heads_last: bool) -> Tensor:
        """Store keys and values, and attend.

        query: (B, H, L, D). key_value: (B, L, 2, K, D) or, with `heads_last` False, (B, L, K, 2, D), K heads.
        Returns (B, L, H * D).
        """


class Prefill:
    """Whole prompts, padded on the right, written to fresh rows from `first_row` on.

    Padding needs no mask: it comes after every real token, and attention is causal.
    """

    def __init__(self, cache: KvCache, first_row: int, rows: int, tokens: int, device: torch.device) -> None:
        self._cache = cache
        self._rows = slice(first_row, first_row + rows)
        self.longest = tokens
        self.positions = torch.arange(tokens, device=device).expand(rows, tokens)

    def attend(self, layer: int, query: Tensor, key_value: Tensor, heads_last: bool) -> Tensor:
        """Attend within the prompts. See `AttentionPlan.attend`."""
        self._cache.layers[layer][self._rows, : self.longest] = key_value.flatten(2)
        key, value = _split(key_value, heads_last)
        grouped = query.shape[1] != key.shape[1]
        context = scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=grouped)
        return context.transpose(1, 2).flatten(2)


class DecodeStep:
    """One new token for each of the first rows; `lengths` are the tokens each row held before."""

    def __init__(self, cache: KvCache, lengths: list[int], device: torch.device) -> None:
        self._cache = cache
        self._lengths = lengths
        self.longest = max(lengths) + 1
        places = torch.tensor(lengths, device=device)
        self.positions = places[:, None]
        self._rows = torch.arange(len(lengths), device=device)
        self._places = places
        self._even = min(lengths) + 1 == self.longest
        self._mask: Tensor | None = None
        if not self._even:
            seen = torch.arange(self.longest, device=device) <= self.positions
            self._mask = seen[:, None, None, :]

    def attend(self, layer: int, query: Tensor, key_value: Tensor, heads_last: bool) -> Tensor:
        """Attend to each row's own past. See `AttentionPlan.attend`."""
        kept = self._cache.layers[layer]
        count = len(self._lengths)
        if self._even:
            kept[:count, self.longest - 1] = key_value[:, 0].flatten(1)
        else:
            kept[self._rows, self._places] = key_value[:, 0].flatten(1)
        past = kept[:count, : self.longest].unflatten(2, key_value.shape[2:])
        key, value = _split(past, heads_last)
        # Query heads that share a key head are laid along the (length one) query axis: no key is copied for them.
        grouped = query.unflatten(1, (key.shape[1], -1)).flatten(2, 3)
        context = scaled_dot_product_attention(grouped, key, value, attn_mask=self._mask)
        return context.reshape(count, 1, -1)


def _split(key_value: Tensor, heads_last: bool) -> tuple[Tensor, Tensor]:
    key, value = key_value.unbind(2 if heads_last else 3)
    return key.transpose(1, 2), value.transpose(1, 2)
