"""Overlapping windows over a long text."""

from __future__ import annotations

from collections.abc import Sequence


def token_windows(text: str, offsets: Sequence[tuple[int, int]], size: int, stride: int) -> tuple[str, ...]:
    """Cut a text into windows of `size` tokens, one every `stride` tokens; one window when it fits.

    Args:
        text: the text.
        offsets: start and end of each of its tokens, in characters.
        size: tokens in a window.
        stride: tokens from one window's start to the next one's, at most `size`, so that nothing lies between two.
    """
    if len(offsets) <= size:
        return (text,)
    last = len(offsets) - size
    starts = [*range(0, last, stride), last]
    return tuple(text[offsets[start][0] : offsets[start + size - 1][1]] for start in starts)


def word_windows(text: str, size: int, stride: int) -> tuple[str, ...]:
    """Cut a text into windows of `size` words, one every `stride` words; one window when it fits."""
    words = text.split()
    if len(words) <= size:
        return (text,)
    last = len(words) - size
    starts = [*range(0, last, stride), last]
    return tuple(" ".join(words[start : start + size]) for start in starts)
