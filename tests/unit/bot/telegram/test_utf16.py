from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.utf16 import clean, replace_span, span, split_text, utf16_length, without_pings


def test_length_and_spans_count_utf16_units() -> None:
    assert utf16_length("가🌈a") == 4
    assert span("🌈 @her 안녕", 3, 4) == "@her"
    assert replace_span("🌈 @her 안녕", 3, 4, "오로라") == "🌈 오로라 안녕"


def test_clean_leaves_what_utf8_can_carry() -> None:
    assert clean("a\0b\ud800c🌈") == "ab\ufffdc🌈"


def test_pings_are_taken_away_and_addresses_left_alone() -> None:
    assert without_pings("@kim, (@lee) a@b.kr @1 @") == "@\u2060kim, (@\u2060lee) a@b.kr @1 @"


def test_split_prefers_line_ends_and_spaces() -> None:
    assert split_text("one two\nthree", 9) == ("one two", "three")
    assert split_text("x" * 10, 4) == ("xxxx", "xxxx", "xx")
    assert split_text("  \n ") == ()


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_split_loses_only_spaces_and_cuts_no_character(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(0 < utf16_length(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
