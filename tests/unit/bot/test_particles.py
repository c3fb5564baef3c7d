import pytest

from bot.particles import fill, fitting
from bot.texts import Texts


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("미나", "을(를)", "를"),
        ("준", "을(를)", "을"),
        ("준", "이(가)", "이"),
        ("오로라", "은(는)", "는"),
        ("서울", "(으)로", "로"),
        ("집", "(으)로", "으로"),
        ("학교", "(으)로", "로"),
        ("3", "을(를)", "을"),
        ("2", "이(가)", "가"),
        ("7", "(으)로", "로"),
        ("channel", "(으)로", "로"),
        ("on", "(으)로", "으로"),
        ("strict", "(으)로", "로"),
        ("king", "과(와)", "과"),
        ("미나 (70011)", "을(를)", "을"),
        ("'준'", "이(가)", "이"),
        ("", "을(를)", "를"),
    ],
)
def test_a_particle_fits_the_word_before_it(word: str, particle: str, expected: str) -> None:
    assert fitting(word, particle) == expected


def test_only_the_catalogues_own_marks_are_changed() -> None:
    assert fill("{name}을(를) 봤어: {said}", {"name": "준", "said": "떡을(를) 먹자 {name}"}) == (
        "준을 봤어: 떡을(를) 먹자 {name}"
    )
    assert fill("{{그대로}} {count}개", {"count": 3}) == "{그대로} 3개"


def test_texts_fill_particles_in_korean_and_leave_english_alone() -> None:
    texts = Texts({"ko": {"a": "{name}을(를) 풀었어"}, "en": {"a": "unblocked {name}"}})
    assert texts.get("ko", "a", name="미나") == "미나를 풀었어"
    assert texts.get("en", "a", name="Mina") == "unblocked Mina"
