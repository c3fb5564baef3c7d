"""Korean words for days: what date they meant when they were said, and which word means that date today.

내일 said on a Monday is that Tuesday; read back on the Tuesday it is 오늘, a week later it is its month and day.
Weeks run from Monday to Sunday.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from engine.rules.particles import replace_before_particle
from engine.rules.weekday import SATURDAY, WEEKDAYS

Unit = Literal["day", "weekday", "date", "weekend", "week"]

_DAY_OFFSETS = {
    "오늘": 0, "지금": 0, "방금": 0, "이따": 0, "내일": 1, "낼": 1, "모레": 2, "내일모레": 2, "글피": 3,
    "어제": -1, "그저께": -2, "그제": -2, "엊그제": -2, "그끄저께": -3,
    "내일 모레": 2,
}  # fmt: skip
_COUNTED_DAYS = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "일주일": 7, "열흘": 10, "보름": 15}
_NAME_OF_OFFSET = {0: "오늘", 1: "내일", 2: "모레", -1: "어제", -2: "그저께"}
_WEEK_OFFSETS = {"이번": 0, "다음": 1, "담": 1, "다다음": 2, "지난": -1, "저번": -1}
_NAME_OF_WEEK = {0: "이번 주", 1: "다음 주", 2: "다다음 주", -1: "지난주"}
_NAME_OF_WEEKEND = {0: "이번 주말", 1: "다음 주말", 2: "다다음 주말", -1: "지난 주말"}
# A date without a year is looked for from two months back: what was just done, else what is planned.
_LOOK_BACK = timedelta(days=60)

_WEEK = r"(?P<week>다다음|다음|담|이번|지난|저번)\s?주"
_PHRASE = re.compile(
    rf"""
      (?<![가-힣]) (?P<day>내일\s?모레|그끄저께|엊그제|그저께|그제(?!야|서야)|오늘|내일|낼|모레|글피|어제|지금
          |방금|이따)
    | (?<![가-힣\d]) (?P<count>\d{{1,3}}일|{"|".join(_COUNTED_DAYS)})\s?(?P<way>뒤|후|전)(?![가-힣]*\s?(?:부터|마다))
    | (?<![가-힣\d]) (?:(?P<year>\d{{4}})년\s)?(?P<month>\d{{1,2}})월\s?(?P<month_day>\d{{1,2}})일
    | (?<![가-힣]) {_WEEK}\s?(?P<week_day>[{WEEKDAYS}])요일
    | (?<![가-힣]) (?P<weekend_week>다다음|다음|담|이번|지난|저번)\s?주말
    | (?<![가-힣]) {_WEEK.replace("week", "whole_week")}(?!\s?마다|일)
    | (?<![가-힣]) (?<!매주\s) (?P<weekday>[{WEEKDAYS}])요일(?!마다)
    | (?<![가-힣]) (?P<weekend>주말)(?!마다|농장|부부|드라마)
    """,
    re.VERBOSE,
)
# Habits and birthdays come again: their day words are part of what they are.
_HABIT = re.compile(r"취미|좋아|싫어|선호|습관|루틴|매주|매일|매달|생일|기념일|탄생")


@dataclass(frozen=True, slots=True)
class DayWord:
    """A day word found in a text, with the date that it means (of a weekend its Saturday, of a week its Monday)."""

    start: int
    end: int
    unit: Unit
    on: date


def find_day_words(text: str, said_on: date) -> tuple[DayWord, ...]:
    """Find the day words of a text that was said on a day; words that name no date (31 February) are left out."""
    found = []
    for match in _PHRASE.finditer(text):
        meaning = _meaning(match, said_on)
        if meaning is not None:
            found.append(DayWord(match.start(), match.end(), *meaning))
    return tuple(found)


def resolve_day(key: str, value: str, said_on: date) -> date | None:
    """Return the date that a remembered `[key: value]` speaks of, or None; a word in the key goes before the value's.

    Habits and birthdays speak of no single date.
    """
    if is_recurring(key):
        return None
    words = find_day_words(key, said_on) or find_day_words(value, said_on)
    return words[0].on if words else None


def is_recurring(key: str) -> bool:
    """Tell whether a key names something that comes again (habits, likings, birthdays)."""
    return _HABIT.search(key) is not None


def reword_days(text: str, said_on: date, today: date) -> str:
    """Put the words that fit today for the day words of a text; particles after them are set right."""
    for word in reversed(find_day_words(text, said_on)):
        original = text[word.start : word.end]
        text = replace_before_particle(text, word.start, word.end, _name(word, original, today))
    return text


def without_day_words(text: str, said_on: date) -> str:
    """Cut the day words out of a text."""
    for word in reversed(find_day_words(text, said_on)):
        text = text[: word.start] + text[word.end :]
    return " ".join(text.split())


def _meaning(match: re.Match[str], said_on: date) -> tuple[Unit, date] | None:
    monday = said_on - timedelta(days=said_on.weekday())
    if match["day"]:
        return "day", said_on + timedelta(days=_DAY_OFFSETS[" ".join(match["day"].split())])
    if match["count"]:
        days = _COUNTED_DAYS.get(match["count"]) or int(match["count"].removesuffix("일"))
        return "day", said_on + timedelta(days=-days if match["way"] == "전" else days)
    if match["month"]:
        year = int(match["year"]) if match["year"] else None
        on = _date_near(year, int(match["month"]), int(match["month_day"]), said_on)
        return None if on is None else ("date", on)
    if match["week_day"]:
        offset = timedelta(weeks=_WEEK_OFFSETS[match["week"]], days=WEEKDAYS.index(match["week_day"]))
        return "weekday", monday + offset
    if match["weekend_week"]:
        return "weekend", monday + timedelta(weeks=_WEEK_OFFSETS[match["weekend_week"]], days=SATURDAY)
    if match["whole_week"]:
        return "week", monday + timedelta(weeks=_WEEK_OFFSETS[match["whole_week"]])
    if match["weekday"]:
        return "weekday", said_on + timedelta(days=(WEEKDAYS.index(match["weekday"]) - said_on.weekday()) % 7)
    return "weekend", monday + timedelta(days=SATURDAY)


def _date_near(year: int | None, month: int, day: int, said_on: date) -> date | None:
    for candidate in (year,) if year else (said_on.year - 1, said_on.year, said_on.year + 1):
        if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(candidate, month)[1]:
            continue
        on = date(candidate, month, day)
        if year or on >= said_on - _LOOK_BACK:
            return on
    return None


def _name(word: DayWord, original: str, today: date) -> str:
    """Return today's name of a day word; the original word stays while it still means the same date."""
    still_true = any(same.on == word.on for same in find_day_words(original, today))
    if word.unit in ("weekend", "week"):
        if still_true:
            return original
        weeks = (word.on - today + timedelta(days=today.weekday())).days // 7
        names, plain = (_NAME_OF_WEEKEND, "주말") if word.unit == "weekend" else (_NAME_OF_WEEK, "주")
        return names.get(weeks) or f"{_month_day(word.on, today)} {plain}"
    days = (word.on - today).days
    if still_true and (word.unit == "day" or abs(days) > 1):
        return original
    if days in _NAME_OF_OFFSET and (word.unit == "day" or abs(days) <= 1):
        return _NAME_OF_OFFSET[days]
    return _month_day(word.on, today)


def _month_day(on: date, today: date) -> str:
    year = "" if on.year == today.year else f"{on.year}년 "
    return f"{year}{on.month}월 {on.day}일"
