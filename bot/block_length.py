"""How long a block given by hand shall last: `30m`, `12시간`, `3d`, `2주`."""

from __future__ import annotations

import re

from engine.rules.sanctions import LONGEST_BLOCK_S

_UNITS_S = {
    60: ("m", "min", "minute", "minutes", "분"),
    3600: ("h", "hour", "hours", "시간"),
    86400: ("d", "day", "days", "일"),
    7 * 86400: ("w", "week", "weeks", "주", "주일"),
}
_BY_NAME = {name: unit_s for unit_s, names in _UNITS_S.items() for name in names}
_LENGTH = re.compile(r"(\d{1,6})\s*([a-z]+|[가-힣]+)", re.IGNORECASE)


def block_length(text: str) -> int | None:
    """Return a length in seconds, at most the longest block there is; None when it cannot be read or is nothing."""
    match = _LENGTH.fullmatch(text.strip())
    unit_s = _BY_NAME.get(match[2].lower()) if match else None
    if match is None or unit_s is None:
        return None
    return min(int(match[1]) * unit_s, LONGEST_BLOCK_S) or None
