"""Text as Telegram counts it: lengths and offsets are in UTF-16 code units."""

from __future__ import annotations

import re

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

# A mention starts at an @ that no letter or digit precedes; the word joiner keeps the look and takes away the ping.
_PING = re.compile(r"(?<![A-Za-z0-9_.])@(?=[A-Za-z])")
_WORD_JOINER = "\N{WORD JOINER}"


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Return the text without NUL characters and with lone surrogates replaced, fit for storage and for UTF-8."""
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def without_pings(text: str) -> str:
    """Return the text with every @name made harmless: it looks the same and notifies nobody."""
    return _PING.sub("@" + _WORD_JOINER, text)


def replace_span(text: str, offset: int, length: int, new: str) -> str:
    """Return the text with the span of `length` units at `offset` replaced (both in UTF-16 code units)."""
    units = text.encode("utf-16-le", "surrogatepass")
    before, after = units[: offset * 2], units[(offset + length) * 2 :]
    return before.decode("utf-16-le", "replace") + new + after.decode("utf-16-le", "replace")


def span(text: str, offset: int, length: int) -> str:
    """Return the span of `length` units at `offset` (both in UTF-16 code units)."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def split_text(text: str, limit: int = TEXT_LIMIT) -> tuple[str, ...]:
    """Split a text into parts of at most `limit` units, at line ends or spaces where there are any in reach."""
    parts: list[str] = []
    rest = text.strip()
    while utf16_length(rest) > limit:
        head = _head(rest, limit)
        cut = max(head.rfind("\n"), head.rfind(" "))
        if cut < len(head) // 2:
            cut = len(head)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        parts.append(rest)
    return tuple(parts)


def _head(text: str, limit: int) -> str:
    """Return the longest start of `text` that fits into `limit` units and cuts no character in two."""
    units = text.encode("utf-16-le", "surrogatepass")[: limit * 2]
    return units.decode("utf-16-le", "ignore")
