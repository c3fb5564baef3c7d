from datetime import date

import pytest

from engine.rules.age import completed_years, with_right_age

BEFORE, AFTER = date(2026, 10, 10), date(2026, 10, 11)


@pytest.mark.parametrize(
    ("today", "age"), [(date(2025, 10, 10), 21), (date(2025, 10, 11), 22), (BEFORE, 22), (AFTER, 23)]
)
def test_age_counts_completed_years(today: date, age: int) -> None:
    assert completed_years(today) == age


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("나는 22살이야!", "나는 23살이야!"),
        ("난 올해 스물두 살이야", "난 올해 스물세 살이야"),
        ("내 나이는 스무살 ㅎㅎ", "내 나이는 스물세살 ㅎㅎ"),
        ("나 이제 만 22 살", "나 이제 만 23 살"),
    ],
)
def test_a_wrong_age_of_hers_is_put_right(answer: str, right: str) -> None:
    assert with_right_age(answer, AFTER) == right


@pytest.mark.parametrize(
    "answer", ["나는 23살이야", "너는 30살이구나", "우리 강아지는 3살이야", "누나는 20살이래", "스무 살 때 뭐 했어?"]
)
def test_other_ages_are_left_alone(answer: str) -> None:
    assert with_right_age(answer, AFTER) == answer
