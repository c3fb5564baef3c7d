"""What the memory role wrote: put right, accepted or refused, and read as a key and a value.

Source: behaviour specification, section 6. `published_line` is the published rule; `parse` first mends two things that
the published rule loses: the colon of a clock time, and brackets inside a value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.rules.spaces import without_odd_spaces

END_MARKER = "(요약 종료)"
MAX_ATTEMPTS = 5
MAX_TOKENS = 24
_TO_SQUARE = str.maketrans("(){}", "[][]")
_CLOCK_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)")
_INNER_BRACKETS = re.compile(r"(\[[^\[\](){}]*:[^\[\](){}]*)\(([^\[\](){}]*)\)")


@dataclass(frozen=True, slots=True)
class ParsedMemory:
    """`accepted` without an `entry` means: there is nothing to remember."""

    accepted: bool
    entry: tuple[str, str] | None = None


def parse(raw: str, new_tokens: int, limit: int = MAX_TOKENS) -> ParsedMemory:
    """Read one output of the memory role; `limit` is the role's new-token limit, which only a cut-off text reaches."""
    mended = _mended(raw)
    line = published_line(mended if mended.strip() else "", new_tokens, limit)
    if line is None:
        return ParsedMemory(accepted=False)
    if not line.strip():
        return ParsedMemory(accepted=True)
    key, _, value = line[1:-1].partition(":")
    return ParsedMemory(accepted=True, entry=(" ".join(key.split()), " ".join(value.split())))


def published_line(raw: str, new_tokens: int, limit: int = MAX_TOKENS) -> str | None:
    """Return the line that the published program stores (blank: nothing to remember), or None when it refuses."""
    line = normalise(raw)
    if "요약 종료" in line or "요약종료" in line or new_tokens == limit:
        return None
    if "\ufffd" in line or " " * 5 in line or "http" in line:
        return None
    return line if _is_blank(line) or _is_entry(line) else None


def normalise(raw: str) -> str:
    """Bring a generated text into the form `[key: value]` as far as the published rule does."""
    line = without_odd_spaces(raw.replace(END_MARKER, "")).translate(_TO_SQUARE).replace(" : ", ": ")
    if "[" in line and "]" in line:
        # Up to the next bracket of either kind: a bracket inside the value ends it.
        line = "[" + re.split(r"[\[\]]", line.split("[", 1)[1])[0] + "]"
    if ": " not in line:
        line = line.replace(":", ": ")
    if "[" not in line and "]" not in line and ": " in line:
        line = f"[{line}]"
    return line


def _mended(raw: str) -> str:
    text = raw.replace(END_MARKER, "")
    timed = _CLOCK_TIME.sub(lambda m: f"{int(m[1])}시" if m[2] == "00" else f"{int(m[1])}시 {int(m[2])}분", text)
    return _INNER_BRACKETS.sub(r"\1\2", timed)


def _is_blank(line: str) -> bool:
    return not line.replace(" ", "")


def _is_entry(line: str) -> bool:
    if not (line.startswith("[") and line.endswith("]") and ": " in line):
        return False
    if line.count("[") != 1 or line.count("]") != 1 or line.count(":") != 1:
        return False
    key, _, value = line[1:-1].partition(":")
    return bool(key.strip()) and bool(value.strip())
