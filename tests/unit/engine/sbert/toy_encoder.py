"""An encoder of the tests: a text's vector is made of its letters, and everything asked of it is written down."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from engine.sbert.encoder import Vectors

SIZE = 256


class ToyEncoder:
    """Embeds by counting letters; `placed` gives chosen texts a chosen vector."""

    model_hash = "toy"

    def __init__(self, placed: Mapping[str, Sequence[float]] | None = None, window_words: int = 8) -> None:
        self.placed = dict(placed or {})
        self.window_words = window_words
        self.calls: list[list[str]] = []

    async def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts."""
        self.calls.append(list(texts))
        return np.stack([self.vector(text) for text in texts])

    def vector(self, text: str) -> Vectors:
        """Return one text's vector."""
        row = np.zeros(SIZE, dtype=np.float32)
        if text in self.placed:
            row[: len(self.placed[text])] = self.placed[text]
        else:
            for letter in text:
                row[8 + hashlib.sha256(letter.encode()).digest()[0] % (SIZE - 8)] += 1
        return row / max(float(np.linalg.norm(row)), 1e-9)

    def windows(self, text: str) -> tuple[str, ...]:
        """Cut a text into windows of some words, half overlapping."""
        words = text.split()
        if len(words) <= self.window_words:
            return (text,)
        starts = range(0, len(words) - self.window_words // 2, self.window_words // 2)
        return tuple(" ".join(words[start : start + self.window_words]) for start in starts)
