"""Keeping sentences that are measured with out of the training rows, near copies included."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_NOISE = re.compile(r"[^가-힣a-z0-9]")
NEAR = 0.5


def bare(text: str) -> str:
    """Return a text without spaces, punctuation and emoji, in lower case."""
    return _NOISE.sub("", text.lower())


def _pairs(text: str) -> frozenset[str]:
    core = bare(text)
    return frozenset(core[index : index + 2] for index in range(len(core) - 1)) or frozenset({core})


def _stem(core: str) -> str:
    """Drop the last syllable of a longer sentence, so that another ending is still the same sentence."""
    return core[:-1] if len(core) >= 6 else core


class HeldOut:
    """Sentences that no training row may contain or resemble (share of common letter pairs >= `NEAR`)."""

    def __init__(self, sentences: Iterable[str]) -> None:
        kept = [sentence for sentence in sentences if bare(sentence)]
        self._stems = tuple(_stem(bare(sentence)) for sentence in kept)
        self._pairs = tuple(_pairs(sentence) for sentence in kept)

    @classmethod
    def read(cls, path: Path) -> HeldOut:
        """Read one sentence a line; lines that begin with `#` are remarks."""
        lines = path.read_text(encoding="utf-8").splitlines()
        return cls(line for line in lines if line.strip() and not line.startswith("#"))

    def resembles(self, text: str) -> bool:
        """Tell whether a text contains a held-out sentence or is a near copy of one."""
        core = bare(text)
        if any(stem in core for stem in self._stems):
            return True
        mine = _pairs(text)
        return any(len(mine & other) >= NEAR * len(mine | other) for other in self._pairs)
