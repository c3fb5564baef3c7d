from datetime import UTC, datetime

import pytest

from bot.quiet_hours import is_quiet, read_hours


@pytest.mark.parametrize(
    ("text", "hours"),
    [("23-7", "23:00-07:00"), ("22:30 - 6:15", "22:30-06:15"), ("0~24", None), ("9-9", None), ("25-3", None),
     ("22-24", "22:00-00:00"), ("밤", None), ("12:60-13", None), ("", None)],
)  # fmt: skip
def test_hours_are_read(text: str, hours: str | None) -> None:
    assert read_hours(text) == hours


@pytest.mark.parametrize(
    ("hours", "clock", "quiet"),
    [
        ("23:00-07:00", (23, 0), True),
        ("23:00-07:00", (6, 59), True),
        ("23:00-07:00", (7, 0), False),
        ("23:00-07:00", (12, 0), False),
        ("13:00-14:00", (13, 30), True),
        ("13:00-14:00", (14, 0), False),
        (None, (3, 0), False),
        (True, (3, 0), False),
    ],
)
def test_quiet_is_told_across_midnight(hours: object, clock: tuple[int, int], quiet: bool) -> None:
    assert is_quiet(hours, datetime(2026, 7, 6, *clock, tzinfo=UTC)) is quiet
