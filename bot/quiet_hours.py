"""Hours in which she does not talk in a space, as its moderators set them: `23-7` or `22:30-06:00`."""

from __future__ import annotations

import re
from datetime import datetime, time

_HOURS = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-~]\s*(\d{1,2})(?::(\d{2}))?")


def read_hours(text: str) -> str | None:
    """Return hours in the form `HH:MM-HH:MM`; None when they cannot be read or begin when they end."""
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        return None
    begin, end = (int(match[1]), int(match[2] or 0)), (int(match[3]) % 24, int(match[4] or 0))
    if begin[0] > 23 or int(match[3]) > 24 or begin[1] > 59 or end[1] > 59 or begin == end:
        return None
    return f"{begin[0]:02}:{begin[1]:02}-{end[0]:02}:{end[1]:02}"


def is_quiet(hours: object, local: datetime) -> bool:
    """Tell whether it is quiet at a local time; `hours` as `read_hours` returns them, anything else is never."""
    if not isinstance(hours, str) or "-" not in hours:
        return False
    begin, end = (time.fromisoformat(part) for part in hours.split("-"))
    now = local.time()
    return begin <= now < end if begin < end else now >= begin or now < end
