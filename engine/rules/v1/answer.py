"""When v1 accepts an answer. Source: behaviour specification, section 15c."""

from __future__ import annotations

import re
from typing import Literal

from engine.rules.answer import END_MARKER
from engine.rules.spaces import without_odd_spaces
from engine.rules.v1.brackets import take_memories

MAX_ATTEMPTS = 30
TEMPERATURE = 0.6
MAX_LENGTH_TOKENS = 80  # the prompt included
_FOREIGN = re.compile('http|["”“’\ufffd]|[ ]{5}')

Refusal = Literal["memory only", "empty", "stray end marker", "foreign text"]


def refusal_reason(raw: str) -> Refusal | None:
    """Say why a generated text is no answer, or None when it is one; `raw` is the new text only."""
    without_end = without_odd_spaces(raw).replace(END_MARKER, "")
    if not without_end.replace("\n", "").replace(" ", ""):
        return "empty"
    if not take_memories(without_end).shown.strip():
        return "memory only"
    if "답변 종료" in without_end or "답변종료" in without_end:
        return "stray end marker"
    return "foreign text" if _FOREIGN.search(without_odd_spaces(raw)) else None


def clean(raw: str) -> str:
    """Return the text that is handed on to the brackets: a first `]` and the end markers deleted."""
    return without_odd_spaces(raw).removeprefix("]").replace(END_MARKER, "")
