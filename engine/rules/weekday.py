"""Which day it is for her: a day ends at four in the morning."""

from __future__ import annotations

from datetime import date, datetime, timedelta

WEEKDAYS = "월화수목금토일"
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
DAY_STARTS_HOUR = 4


def effective_date(now: datetime) -> date:
    """Return the local day that `now` belongs to; before 04:00 it is still the day before."""
    return (now - timedelta(days=1)).date() if now.hour < DAY_STARTS_HOUR else now.date()


def weekday_name(day: date) -> str:
    """Return the one-syllable Korean name of a day of the week, e.g. "월"."""
    return WEEKDAYS[day.weekday()]
