"""When a generated answer is accepted, and what of it is said.

Source: behaviour specification, section 5.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from engine.rules.day_of_week import contradicts_day
from engine.rules.spaces import without_odd_spaces

END_MARKER = "(답변 종료)"
FALLBACK_ANSWER = "(읽씹)"
MAX_ATTEMPTS = 5
BASE_TEMPERATURE = 0.6
TEMPERATURE_STEP = 0.1

Refusal = Literal["empty", "stray end marker", "prompt marker", "link", "day of week"]


def refusal_reason(raw: str, now: datetime, attempt: int) -> Refusal | None:
    """Say why a generated text is no answer, or None when it is one.

    `raw` is the new text only; `attempt` counts from 1. The day of the week is not tested on the last attempt.
    """
    text = _repaired(raw)
    without_end = text.replace(END_MARKER, "")
    if not without_end.replace("\n", "").replace(" ", ""):
        return "empty"
    if "답변 종료" in without_end or "답변종료" in without_end:
        return "stray end marker"
    joined = text.replace(" ", "")
    if "(사용자" in joined or "요약)" in joined:
        return "prompt marker"
    if "http" in text:
        return "link"
    if attempt < MAX_ATTEMPTS and contradicts_day(text, now):
        return "day of week"
    return None


def clean(raw: str) -> str:
    """Return what is said of an accepted text: end markers deleted, surrounding spaces kept."""
    return _repaired(raw).replace(END_MARKER, "")


def temperature(day_refusals: int) -> float:
    """Return the sampling temperature after so many refusals because of the day of the week."""
    return BASE_TEMPERATURE + TEMPERATURE_STEP * day_refusals


def _repaired(raw: str) -> str:
    return without_odd_spaces(raw).replace("오늘는", "오늘은").replace("내일는", "내일은")
