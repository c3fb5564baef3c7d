from __future__ import annotations

import pytest

from engine.training.text.particles import attach, fill, slots_of, with_eu, with_rieul


@pytest.mark.parametrize(
    ("word", "form", "expected"),
    [
        ("피자", "을", "피자를"),
        ("라면", "을", "라면을"),
        ("피자", "이", "피자가"),
        ("라면", "이랑", "라면이랑"),
        ("피자", "이랑", "피자랑"),
        ("서울", "으로", "서울로"),
        ("부산", "으로", "부산으로"),
        ("제주", "으로", "제주로"),
        ("민수", "아", "민수야"),
        ("지현", "아", "지현아"),
        ("3", "을", "3을"),
        ("2", "을", "2를"),
        ("PC", "은", "PC는"),
        ("ENTJ", "이야", "ENTJ야"),
        ("내일", "에", "내일"),
        ("주말", "에", "주말에"),
        ("라면", "도", "라면도"),
    ],
)
def test_a_particle_follows_the_last_letter(word: str, form: str, expected: str) -> None:
    assert attach(word, form) == expected


def test_slots_are_filled_with_their_particles() -> None:
    assert fill("{food:을} 먹고 {drink:을} 마셔", {"food": "김밥", "drink": "녹차"}) == "김밥을 먹고 녹차를 마셔"
    assert slots_of("{food:을} {food2} {drink}") == {"food", "food2", "drink"}


def test_a_slot_without_a_word_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{food}", {})


@pytest.mark.parametrize(
    ("stem", "prospective", "intending"),
    [("보", "볼", "보려고"), ("먹", "먹을", "먹으려고"), ("만들", "만들", "만들려고"), ("가", "갈", "가려고")],
)
def test_verbs_take_the_right_form(stem: str, prospective: str, intending: str) -> None:
    assert with_rieul(stem) == prospective
    assert with_eu(stem, "려고") == intending
