"""Answers that contradict the day of the week, and what can be saved of one when no attempt is left."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from engine.rules.weekday import (
    FRIDAY,
    MONDAY,
    SATURDAY,
    SUNDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    WEEKDAYS,
    effective_date,
)

# What may not be said, and the days on which it may not. Lenient on purpose next to a weekend: on a Thursday
# 내일은 주말 passes. Source: behaviour specification, section 5b.
_WRONG_ON: tuple[tuple[tuple[str, ...], frozenset[int]], ...] = (
    (("내일 주말", "내일은 주말"), frozenset({SUNDAY, MONDAY, TUESDAY, WEDNESDAY})),
    (("오늘 주말", "오늘은 주말"), frozenset({MONDAY, TUESDAY, WEDNESDAY, THURSDAY})),
    (("내일부터 주말이",), frozenset(range(7)) - {THURSDAY, FRIDAY}),
    (("오늘부터 주말이",), frozenset(range(7)) - {FRIDAY, SATURDAY}),
    (("내일 불금", "내일은 불금"), frozenset(range(7)) - {THURSDAY}),
    (("오늘 불금", "오늘은 불금"), frozenset(range(7)) - {FRIDAY}),
    (("내일부터 한 주 시작",), frozenset(range(7)) - {SATURDAY, SUNDAY}),
    (("오늘부터 한 주 시작",), frozenset(range(7)) - {SUNDAY, MONDAY}),
)
_NAMED_DAY = re.compile(rf"(?P<word>오늘|내일)(?P<particle>은|도|) (?P<day>[{WEEKDAYS}])요일")
_SENTENCE = re.compile(r"[^.!?…~\n]*[.!?…~\n]*")


def contradicts_day(answer: str, now: datetime) -> bool:
    """Tell whether an answer says something of today or tomorrow that the day of the week makes wrong."""
    weekday = effective_date(now).weekday()
    if any(weekday in days and any(phrase in answer for phrase in phrases) for phrases, days in _WRONG_ON):
        return True
    return any(match["day"] != _true_day(match["word"], now) for match in _NAMED_DAY.finditer(answer))


def with_right_day(answer: str, now: datetime) -> str:
    """Put the right day where an answer names a wrong one, and drop the sentences that stay wrong.

    For the last attempt, which the published rule accepts with any day. May return an empty text.
    """
    named = _NAMED_DAY.sub(lambda m: f"{m['word']}{m['particle']} {_true_day(m['word'], now)}요일", answer)
    if not contradicts_day(named, now):
        return named
    sentences = (match.group() for match in _SENTENCE.finditer(named))
    return "".join(sentence for sentence in sentences if not contradicts_day(sentence, now))


def _true_day(word: str, now: datetime) -> str:
    today = effective_date(now)
    return WEEKDAYS[(today + timedelta(days=1) if word == "내일" else today).weekday()]
