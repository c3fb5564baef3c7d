from datetime import datetime

import pytest

from engine.rules.day_of_week import contradicts_day, with_right_day

MONDAY = datetime(2026, 1, 5, 10)  # noqa: DTZ001 - the rule reads local wall time
NIGHT = datetime(2026, 1, 5, 3)  # noqa: DTZ001 - still Sunday for her


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (" 오늘은 수요일이야!", " 오늘은 월요일이야!"),
        ("내일 일요일이네", "내일 화요일이네"),
        ("오늘은 월요일이야", "오늘은 월요일이야"),
        ("오늘은 주말이야! 푹 쉬어.", " 푹 쉬어."),
        ("오늘은 불금", ""),
    ],
)
def test_a_wrong_day_is_put_right_or_dropped(answer: str, right: str) -> None:
    assert with_right_day(answer, MONDAY) == right
    assert not contradicts_day(with_right_day(answer, MONDAY), MONDAY)


def test_before_four_it_is_still_the_day_before() -> None:
    assert with_right_day("오늘은 월요일이야", NIGHT) == "오늘은 일요일이야"
