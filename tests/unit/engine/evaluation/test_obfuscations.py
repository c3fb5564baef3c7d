"""The disguises change how a text looks, the same way for the same seed."""

from random import Random

import pytest

from engine.evaluation.ethics_report import wilson_upper
from engine.evaluation.obfuscations import OBFUSCATIONS


def test_there_are_seventeen() -> None:
    assert len(OBFUSCATIONS) == 17


@pytest.mark.parametrize("name", [name for name in OBFUSCATIONS if name != "full_width"])
def test_each_changes_the_text_and_repeats_itself(name: str) -> None:
    text = "오늘 저녁 같이 먹을래"
    once, again = (OBFUSCATIONS[name](text, Random(1)) for _ in range(2))
    assert once == again
    assert once != text


def test_full_width_changes_latin_letters() -> None:
    assert OBFUSCATIONS["full_width"]("Hi 1!", Random(1)) == "Ｈｉ\u3000１！"


def test_jamo_are_the_letters_of_the_syllables() -> None:
    assert OBFUSCATIONS["jamo_split"]("닭 a", Random(1)) == "ㄷㅏㄺ a"


def test_the_bound_of_a_rate_is_above_it_and_shrinks() -> None:
    assert 0 < wilson_upper(0, 5000) < 0.001
    assert wilson_upper(5, 100) > 0.05
    assert wilson_upper(50, 1000) < wilson_upper(5, 100)
