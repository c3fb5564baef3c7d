"""Korean particles that fit the word put before them: `{name}을(를)` becomes 미나를 or 준을.

In the catalogues a particle is written in both forms right behind a placeholder: 은(는), 이(가), 을(를), 과(와),
(이)랑, (이)나, (으)로.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

# What stands in the catalogue -> after a closed syllable, after an open one.
_PARTICLES = {
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "과(와)": ("과", "와"),
    "(이)랑": ("이랑", "랑"),
    "(이)나": ("이나", "나"),
    "(으)로": ("으로", "로"),
}
_FIRST, _LAST, _FINALS, _RIEUL = "가", "힣", 28, 8
# The final sounds of the digits as they are read: 영 일 이 삼 사 오 육 칠 팔 구.
_DIGITS = {"0": 21, "1": _RIEUL, "3": 16, "6": 1, "7": _RIEUL, "8": _RIEUL}
_LETTERS = {"l": _RIEUL, "m": 16, "n": 4}  # other Latin endings are mostly read with a vowel behind them


def final_sound(word: str) -> int:
    """Return the final consonant of a word as it is read, 0 for none; signs behind the word are passed over."""
    last = next((character for character in reversed(word) if character.isalnum()), "")
    if _FIRST <= last <= _LAST:
        return (ord(last) - ord(_FIRST)) % _FINALS
    if word.rstrip().lower().endswith("ng"):
        return 21
    return _DIGITS.get(last, _LETTERS.get(last.lower(), 0))


def fitting(word: str, particle: str) -> str:
    """Return the form of a particle of the table above that follows a word."""
    closed, open_ = _PARTICLES[particle]
    final = final_sound(word)
    if particle == "(으)로" and final == _RIEUL:
        return open_
    return closed if final else open_


def fill(template: str, values: Mapping[str, object]) -> str:
    """Fill a template's placeholders, each with the particle behind it in the form that fits.

    Raises:
        KeyError: a placeholder has no value.
    """
    text: list[str] = []
    last_word: str | None = None
    for literal, name, form, conversion in Formatter().parse(template):
        text.append(_with_particle(literal, last_word))
        last_word = None
        if name is not None:
            last_word = Formatter().convert_field(values[name], conversion or "s")
            last_word = format(last_word, form or "")
            text.append(last_word)
    return "".join(text)


def _with_particle(literal: str, word: str | None) -> str:
    if word is None:
        return literal
    for particle in _PARTICLES:
        if literal.startswith(particle):
            return fitting(word, particle) + literal[len(particle) :]
    return literal
