import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.memory_text import ParsedMemory, parse


@pytest.mark.parametrize(
    ("raw", "entry"),
    [
        ("[내일 일정: 치과] (요약 종료)", ("내일 일정", "치과")),
        ("[회의: 10:30] (요약 종료)", ("회의", "10시 30분")),
        ("[회의: 9:00] (요약 종료)", ("회의", "9시")),
        ("[취미: 축구 (주말)] (요약 종료)", ("취미", "축구 주말")),
        ("[ 이름 :  민수 ] (요약 종료)", ("이름", "민수")),
    ],
)
def test_an_entry_is_read(raw: str, entry: tuple[str, str]) -> None:
    assert parse(raw, 12, 24) == ParsedMemory(accepted=True, entry=entry)


@pytest.mark.parametrize("raw", ["", "  ", " (요약 종료)", "\n(요약 종료)"])
def test_blank_means_nothing_to_remember(raw: str) -> None:
    assert parse(raw, 2, 24) == ParsedMemory(accepted=True)


def test_a_text_cut_off_at_the_limit_is_refused() -> None:
    assert parse("[이름: 민수]", 24, 24) == ParsedMemory(accepted=False)
    assert parse("[이름: 민수]", 24, 40) == ParsedMemory(accepted=True, entry=("이름", "민수"))


@given(st.text(alphabet="가나 :[](){}1\n", max_size=20))
def test_whatever_comes_an_entry_has_a_key_and_a_value(raw: str) -> None:
    entry = parse(raw, 5, 24).entry
    assert entry is None or all(part.strip() and "[" not in part and "]" not in part for part in entry)
