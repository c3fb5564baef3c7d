"""Whether a memory only says what was said: a small model sometimes garbles the words it copies."""

from __future__ import annotations

import re

_WORDS = re.compile(r"[0-9A-Za-z가-힣]+")
_ENDINGS = "과와랑은는이가을를에로도의기음"  # particles and noun endings of one letter, which may differ


def is_grounded(value: str, said: str) -> bool:
    """Tell whether more than half of a memory's words stand in what was said, particles and endings aside."""
    heard = _WORDS.findall(said)
    words = _WORDS.findall(value)
    grounded = sum(any(other.startswith(_stem(word)) for other in heard) for word in words)
    return not words or grounded * 2 > len(words)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 1 and word[-1] in _ENDINGS else word
