"""A long text in pieces that Discord takes."""

from __future__ import annotations

import hashlib

LONGEST_MESSAGE = 2000  # characters of one Discord message
_LINE_ENDS = ("\n\n", "\n", ". ", "! ", "? ", "。", " ")


def split_text(text: str, limit: int = LONGEST_MESSAGE) -> tuple[str, ...]:
    """Cut a text into pieces of at most `limit` characters, at paragraphs, lines, sentences or words if possible.

    Nothing is lost but the blanks around the cuts. An empty text gives one empty piece.
    """
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return (*pieces, rest) if rest or not pieces else tuple(pieces)


def piece_nonce(nonce: str, index: int) -> str:
    """Return the nonce of one piece: the message's own for the first, another stable one (25 characters) for others."""
    return nonce if index == 0 else hashlib.sha256(f"{nonce}/{index}".encode()).hexdigest()[:25]


def _cut(text: str, limit: int) -> int:
    for mark in _LINE_ENDS:
        at = text.rfind(mark, 0, limit)
        if at > limit // 2:
            return at + len(mark.rstrip()) if mark.strip() else at
    return limit
