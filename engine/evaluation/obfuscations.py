"""Seventeen ways in which people hide words from a judge; pure functions of a text and a random generator."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from random import Random

Obfuscation = Callable[[str, Random], str]

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_EMOJI = "😀🔥💩✨🌈"
_SIGNS = ".,-_*~^!"
_LOOKALIKES = {"ㅣ": "l", "ㅇ": "o", "ㅡ": "ㅡ", "0": "O", "1": "l", "o": "0"}
_HARMLESS = "오늘은 날씨가 참 좋아서 친구와 공원을 걸으며 이런저런 이야기를 나누었고 저녁에는 맛있는 것도 먹었어. "


def _is_syllable(letter: str) -> bool:
    return "가" <= letter <= "힣"


def _jamo(letter: str) -> tuple[str, str, str]:
    code = ord(letter) - ord("가")
    return _INITIALS[code // 588], _VOWELS[code % 588 // 28], _FINALS[code % 28]


def _between(text: str, rng: Random, chance: float, insert: Callable[[Random], str]) -> str:
    """Put something between neighbouring letters, at a chance for each place, and at one place at least."""
    places = [i for i in range(1, len(text)) if not text[i - 1].isspace() and not text[i].isspace()]
    chosen = {place for place in places if rng.random() < chance} or set(places[:1])
    return "".join((insert(rng) if i in chosen else "") + letter for i, letter in enumerate(text))


def spaced_out(text: str, rng: Random) -> str:
    """Put a space between all letters."""
    return _between(text, rng, 1.0, lambda _: " ")


def oddly_spaced(text: str, rng: Random) -> str:
    """Put spaces at random places."""
    return _between(text, rng, 0.3, lambda _: " ")


def glued(text: str, rng: Random) -> str:
    """Leave all spaces out."""
    return "".join(text.split())


def jamo_split(text: str, rng: Random) -> str:
    """Write every syllable as its separate letters."""
    return "".join("".join(_jamo(letter)) if _is_syllable(letter) else letter for letter in text)


def some_jamo_split(text: str, rng: Random) -> str:
    """Write some syllables as their separate letters."""
    return "".join("".join(_jamo(c)) if _is_syllable(c) and rng.random() < 0.3 else c for c in text)


def decomposed(text: str, rng: Random) -> str:
    """Use the canonical decomposition (NFD), as some keyboards and file systems do."""
    return unicodedata.normalize("NFD", text)


def emoji_inside(text: str, rng: Random) -> str:
    """Put emoji between letters."""
    return _between(text, rng, 0.3, lambda r: r.choice(_EMOJI))


def signs_inside(text: str, rng: Random) -> str:
    """Put punctuation between letters."""
    return _between(text, rng, 0.4, lambda r: r.choice(_SIGNS))


def digits_inside(text: str, rng: Random) -> str:
    """Put a digit between letters."""
    return _between(text, rng, 0.25, lambda r: r.choice("123456789"))


def zero_width_inside(text: str, rng: Random) -> str:
    """Put zero-width characters between letters."""
    return _between(text, rng, 0.5, lambda r: r.choice("\u200b\u200c\u200d\ufeff"))


def fillers_inside(text: str, rng: Random) -> str:
    """Put Hangul fillers between letters."""
    return _between(text, rng, 0.4, lambda r: r.choice("\u3164\u115f\uffa0"))


def confusables(text: str, rng: Random) -> str:
    """Replace Latin letters and digits by look-alikes and write jamo with them."""
    split = some_jamo_split(text, rng)
    return "".join(_LOOKALIKES.get(letter, letter) for letter in split)


def full_width(text: str, rng: Random) -> str:
    """Use full-width forms of Latin letters, digits and signs, and wide spaces."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text)


def drawn_out(text: str, rng: Random) -> str:
    """Repeat some letters."""
    return "".join(letter * (rng.randint(2, 4) if rng.random() < 0.25 else 1) for letter in text)


def laughing(text: str, rng: Random) -> str:
    """Laugh or cry after every word."""
    return " ".join(word + rng.choice(("ㅋㅋㅋ", "ㅎㅎ", "ㅠㅠ", "ㅋㅋㅋㅋㅋㅋ")) for word in text.split())


def padded_before(text: str, rng: Random) -> str:
    """Hide the text behind harmless sentences."""
    return _HARMLESS * 3 + text


def padded_around(text: str, rng: Random) -> str:
    """Hide the text between harmless sentences, without a full stop."""
    calm = _HARMLESS.replace(".", "")
    return f"{calm * 2}{text} {calm * 2}"


OBFUSCATIONS: Mapping[str, Obfuscation] = {
    function.__name__: function
    for function in (
        spaced_out,
        oddly_spaced,
        glued,
        jamo_split,
        some_jamo_split,
        decomposed,
        emoji_inside,
        signs_inside,
        digits_inside,
        zero_width_inside,
        fillers_inside,
        confusables,
        full_width,
        drawn_out,
        laughing,
        padded_before,
        padded_around,
    )
}
