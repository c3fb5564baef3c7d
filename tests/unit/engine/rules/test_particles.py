import pytest

from engine.rules.particles import fitting


@pytest.mark.parametrize(
    ("word", "particle", "form"),
    [
        ("오늘", "는", "은"),
        ("어제", "은", "는"),
        ("모레", "이", "가"),
        ("내일", "를", "을"),
        ("서울", "으로", "로"),
        ("부산", "로", "으로"),
        ("집", "까지", "까지"),
        ("cafe", "은", "는"),
    ],
)
def test_a_particle_follows_the_last_sound(word: str, particle: str, form: str) -> None:
    assert fitting(word, particle) == form
