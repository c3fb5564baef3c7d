from datetime import date, timedelta

import pytest

from engine.rules.day_words import find_day_words, resolve_day, reword_days, without_day_words

MONDAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("오늘 회의", 0),
        ("내일 친구랑 영화", 1),
        ("낼 시험", 1),
        ("모레 면접", 2),
        ("내일모레 면접", 2),
        ("내일 모레 면접", 2),
        ("글피 공연", 3),
        ("어제 과음", -1),
        ("그저께 이사", -2),
        ("지금 기분", 0),
        ("3일 뒤 여행", 3),
        ("일주일 후 발표", 7),
        ("이틀 전 생일", -2),
        ("월요일 회의", 0),
        ("금요일 시험", 4),
        ("이번 주 수요일", 2),
        ("다음 주 월요일", 7),
        ("다음주 수요일", 9),
        ("다다음 주 월요일", 14),
        ("지난주 금요일", -3),
        ("주말 등산", 5),
        ("이번 주말 등산", 5),
        ("다음 주말 등산", 12),
        ("다음 주 휴가", 7),
        ("1월 20일 콘서트", 15),
        ("12월 31일 파티", -5),
    ],
)
def test_a_day_word_means_the_day_it_was_said_for(text: str, days: int) -> None:
    words = find_day_words(text, MONDAY)
    assert [word.on - MONDAY for word in words] == [timedelta(days=days)]


@pytest.mark.parametrize(
    "text",
    [
        "그제서야 알았어",
        "주말마다 등산",
        "금요일마다 요가",
        "매주 금요일 요가",
        "주말농장",
        "2월 30일",
        "13월 1일",
        "다음에 보자",
    ],
)
def test_what_is_no_single_day_is_left_alone(text: str) -> None:
    assert find_day_words(text, MONDAY) == ()
    assert reword_days(text, MONDAY, MONDAY + timedelta(days=40)) == text


def test_the_key_speaks_before_the_value_and_habits_have_no_day() -> None:
    assert resolve_day("내일 일정", "모레까지 과제", MONDAY) == date(2026, 1, 6)
    assert resolve_day("일정", "모레 병원", MONDAY) == date(2026, 1, 7)
    assert resolve_day("취미", "주말 등산", MONDAY) is None
    assert resolve_day("생일", "3월 5일", MONDAY) is None
    assert resolve_day("이름", "민수", MONDAY) is None


@pytest.mark.parametrize(
    ("text", "days_later", "reads"),
    [
        ("내일 일정", 0, "내일 일정"),
        ("내일 일정", 1, "오늘 일정"),
        ("내일 일정", 2, "어제 일정"),
        ("내일 일정", 3, "그저께 일정"),
        ("내일 일정", 30, "1월 6일 일정"),
        ("내일 일정", 365, "2026년 1월 6일 일정"),
        ("모레는 바빠", 1, "내일은 바빠"),
        ("내일이랑 모레", 1, "오늘이랑 내일"),
        ("내일은 시험", 2, "어제는 시험"),
        ("금요일 시험", 1, "금요일 시험"),
        ("금요일 시험", 3, "내일 시험"),
        ("금요일 시험", 4, "오늘 시험"),
        ("금요일 시험", 6, "1월 9일 시험"),
        ("주말 여행", 5, "주말 여행"),
        ("이번 주말 여행", 7, "지난 주말 여행"),
        ("다음 주말 여행", 7, "이번 주말 여행"),
        ("다음 주 휴가", 7, "이번 주 휴가"),
        ("다음 주 휴가", 60, "1월 12일 주 휴가"),
        ("1월 20일 콘서트", 14, "내일 콘서트"),
        ("1월 20일 콘서트", 3, "1월 20일 콘서트"),
    ],
)
def test_a_day_reads_as_what_it_is_today(text: str, days_later: int, reads: str) -> None:
    assert reword_days(text, MONDAY, MONDAY + timedelta(days=days_later)) == reads


def test_a_reworded_text_still_means_the_same_day() -> None:
    for word in ("내일", "모레", "금요일", "다음 주 수요일", "3일 뒤", "1월 20일"):
        meant = find_day_words(word, MONDAY)[0].on
        for later in range(60):
            today = MONDAY + timedelta(days=later)
            again = find_day_words(reword_days(word, MONDAY, today), today)
            assert [found.on for found in again] == [meant], (word, later)


def test_day_words_can_be_cut_out() -> None:
    assert without_day_words("내일 저녁 약속", MONDAY) == "저녁 약속"
