"""Invisible spaces that models print and nobody wants."""

from __future__ import annotations

_UNWANTED = str.maketrans("", "", "\u200b\u00a0")


def without_odd_spaces(text: str) -> str:
    """Delete zero-width and no-break spaces (U+200B, U+00A0)."""
    return text.translate(_UNWANTED)
