from datetime import date, timedelta

import pytest

from engine.rules.memory_store import plan_write, render, restates
from engine.turn_types import MemoryEntry

MONDAY = date(2026, 1, 5)
TUESDAY = MONDAY + timedelta(days=1)


def entry(key: str, value: str, said_on: date = MONDAY, entry_id: int = 1, due_on: date | None = None) -> MemoryEntry:
    return MemoryEntry(entry_id, key, value, said_on, due_on)


def stored(existing: list[MemoryEntry], key: str, value: str, said_on: date = MONDAY) -> tuple[int | None, str] | None:
    write = plan_write(existing, key, value, said_on)
    return None if write is None else (write.replaces, render(write.entry, said_on))


def test_a_new_memory_is_stored_with_its_day() -> None:
    write = plan_write([], "내일 일정", "치과", MONDAY)
    assert write is not None
    assert write.replaces is None
    assert write.entry == MemoryEntry(None, "내일 일정", "치과", MONDAY, TUESDAY)


def test_what_was_tomorrow_reads_as_today() -> None:
    memory = entry("내일 일정", "치과", due_on=TUESDAY)
    assert render(memory, MONDAY) == "[내일 일정: 치과]"
    assert render(memory, TUESDAY) == "[오늘 일정: 치과]"
    assert render(memory, date(2026, 1, 9)) == "[1월 6일 일정: 치과]"


def test_habits_read_as_they_were_said() -> None:
    assert render(entry("취미", "주말 등산"), date(2026, 3, 1)) == "[취미: 주말 등산]"


@pytest.mark.parametrize("value", ["치과", "치 과"])
def test_a_duplicate_is_not_stored_even_under_another_days_word(value: str) -> None:
    assert stored([entry("내일 일정", "치과")], "오늘 일정", value, TUESDAY) is None
    assert stored([entry("내일 일정", "치과")], "내일 일정", value) is None


def test_the_same_words_on_another_day_are_another_plan() -> None:
    assert stored([entry("내일 일정", "치과")], "내일 일정", "치과", TUESDAY) == (None, "[내일 일정: 치과]")


def test_a_contradicted_key_gets_its_new_value() -> None:
    assert stored([entry("이름", "민수")], "이름", "철수") == (1, "[이름: 철수]")
    assert stored([entry("제일 좋아하는 음식", "피자")], "제일 좋아하는 음식", "치킨") == (
        1,
        "[제일 좋아하는 음식: 치킨]",
    )


def test_a_second_plan_or_liking_joins_the_first() -> None:
    assert stored([entry("내일 일정", "치과")], "내일 일정", "도서관") == (1, "[내일 일정: 치과, 도서관]")
    assert stored([entry("좋아하는 음식", "피자")], "좋아하는 음식", "치킨") == (1, "[좋아하는 음식: 피자, 치킨]")
    assert stored([entry("좋아하는 음식", "피자, 치킨")], "좋아하는 음식", "치킨") is None


def test_a_joined_plan_reads_right_in_the_words_of_the_day() -> None:
    assert stored([entry("내일 일정", "치과")], "오늘 일정", "도서관", TUESDAY) == (1, "[오늘 일정: 치과, 도서관]")


def test_a_changed_number_or_a_cancellation_replaces() -> None:
    assert stored([entry("내일 일정", "3시 회의")], "내일 일정", "4시 회의") == (1, "[내일 일정: 4시 회의]")
    assert stored([entry("내일 일정", "친구랑 영화")], "내일 일정", "취소") == (1, "[내일 일정: 취소]")


def test_a_fuller_value_replaces_a_shorter_one() -> None:
    assert stored([entry("내일 일정", "회의")], "내일 일정", "오후 회의 준비") == (1, "[내일 일정: 오후 회의 준비]")


def test_a_union_that_grows_too_long_stays_apart() -> None:
    long = "가나다라마바사 아자차카타파하 " * 4
    assert stored([entry("관심사", long)], "관심사", "우주") == (None, "[관심사: 우주]")


def test_a_near_duplicate_under_another_key_is_found_by_similarity() -> None:
    existing = [entry("반려동물", "고양이 나비")]
    assert plan_write(existing, "키우는 동물", "고양이 나비", MONDAY, lambda _a, _b: 0.99) is None
    assert plan_write(existing, "키우는 동물", "고양이 나비", MONDAY, lambda _a, _b: 0.5) is not None
    assert plan_write(existing, "키우는 동물", "고양이 나비", MONDAY) is not None


def test_what_was_put_before_the_prompt_is_not_stored_again() -> None:
    shown = "[내일 일정: 친구랑 카페]"
    assert restates("친구와 카페", "내일 뭐 하지?", shown)
    assert restates("카페", "내일 뭐 하지?", shown)
    assert not restates("병원", "아 맞다 병원도 가야 해", shown)
    assert not restates("카페", "내일 카페 가기로 했어", None)
    assert not restates("친구랑 카페 취소", "아 그거 취소됐어", shown)
    assert not restates("친구랑 카페", "내일 친구랑 카페 가기로 했어", shown)
