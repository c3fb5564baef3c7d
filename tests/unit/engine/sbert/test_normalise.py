import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sbert.jamo import compose, join, split
from engine.sbert.normalise import normalise


@pytest.mark.parametrize(
    "disguised",
    [
        "니애미",
        unicodedata.normalize("NFD", "니애미"),
        "ㄴㅣㅇㅐㅁㅣ",
        "ㄴ ㅣ ㅇ ㅐ ㅁ ㅣ",
        "ㄴ.ㅣ.ㅇ.ㅐ.ㅁ.ㅣ",
        "ﾤￜﾷￃﾱￜ",
        "니 애 미",
        "니 . 애 . 미",
        "니.애.미",
        "니💕애👩‍🦰미",
        "니~!@애#$%미",
        "니\u200b애\u2060미",
        "니\u3164애\uffa0미",
        "니\ufe0f애\u034f미",
        "니1애2미",
        "니x애x미",
        "니이이이애애애미이이",
        "ㄴ1ㅇHㅁl",
        "ㄴㅣ○ㅐ口ㅣ",
        "니애미\u0336",
    ],
)
def test_a_disguise_is_taken_off(disguised: str) -> None:
    assert normalise(disguised) == "니애미"


@pytest.mark.parametrize(
    "plain",
    [
        "안녕 오로라! 오늘 뭐 해?",
        "2월 3일 오후 3시에 만나",
        "오늘 5명이서 3차까지 갔어",
        "엄마랑 싸웠어... 슬퍼",
        "ㅋㅋ 좋아 ㅠㅠ",
        "ㅇㅋ ㄱㄱ",
        "GPT-4o 써 봤어?",
    ],
)
def test_ordinary_text_stays_readable(plain: str) -> None:
    assert normalise(plain).replace("..", "...") == plain


def test_laughter_and_tears_shrink_but_stay() -> None:
    assert normalise("웃겨ㅋㅋㅋㅋㅋㅋ") == "웃겨ㅋㅋ"
    assert normalise("슬퍼ㅠㅠㅠㅠ") == "슬퍼ㅠㅠ"


def test_spelled_letters_find_their_syllables() -> None:
    assert compose("ㄱㅗㅏㅇㅣㄹ") == "과일"
    assert compose("ㅎㅏㄴㄱㅡㄹ") == "한글"
    assert compose("앰ㅣ 니ㅐ 아ㅏ") == "애미 니애 아"
    assert compose("ㅋㅋㅋ ㅠㅠ ㅡㅡ") == "ㅋㅋㅋ ㅠㅠ ㅡㅡ"


@given(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))
def test_a_syllable_survives_being_taken_apart(syllable: str) -> None:
    parts = split(syllable)
    assert parts is not None
    assert join(*parts) == syllable
    assert normalise("".join(parts)) == syllable


@given(st.text(max_size=40))
def test_any_text_can_be_normalised_and_nothing_invisible_is_left(text: str) -> None:
    plain = normalise(text)
    assert not any(unicodedata.category(character) in ("Cf", "Mn") for character in plain)
    assert plain == plain.strip()
