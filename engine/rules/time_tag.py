"""The time tag that goes before a prompt which speaks of now."""

from __future__ import annotations

from datetime import datetime

from engine.rules.weekday import DAY_STARTS_HOUR, FRIDAY, effective_date, weekday_name

TRIGGERS = ("오늘", "내일", "지금", "요일", "이따", "휴일")
_NOON = 12
_EVENING = 18
_FRIDAY_EVENING = 17


def add_time_info(text: str, now: datetime) -> str:
    """Put `(지금은 <day>요일 <part>)` before a prompt that holds one of the trigger words; else return it unchanged.

    `now` is local time in the conversation's time zone. Source: behaviour specification, section 3.
    """
    if not any(word in text for word in TRIGGERS):
        return text
    return f"(지금은 {weekday_name(effective_date(now))}요일 {part_of_day(now)}) {text}"


def part_of_day(now: datetime) -> str:
    """Return 오전, 오후 or 저녁; the evening starts an hour earlier on Fridays and lasts until four in the morning."""
    if now.hour < DAY_STARTS_HOUR:
        return "저녁"
    if now.hour < _NOON:
        return "오전"
    evening = _FRIDAY_EVENING if now.weekday() == FRIDAY else _EVENING
    return "오후" if now.hour < evening else "저녁"
