"""Korean particles that change with the last sound of the word before them."""

from __future__ import annotations

import re
from typing import Final

_FIRST_SYLLABLE, _LAST_SYLLABLE = "가", "힣"
_FINALS: Final = 28
_RIEUL: Final = 8
# After a closed syllable, after an open one. 으로/로 is open after ㄹ too.
_PAIRS = (
    ("은", "는"),
    ("이", "가"),
    ("을", "를"),
    ("과", "와"),
    ("이랑", "랑"),
    ("이나", "나"),
    ("이야", "야"),
    ("이에요", "예요"),
)
_DIRECTION = ("으로", "로")
_FORMS = sorted({form for pair in (*_PAIRS, _DIRECTION) for form in pair}, key=len, reverse=True)
_PARTICLE = re.compile(rf"({'|'.join(_FORMS)})(?![가-힣])")


def final_sound(word: str) -> int:
    """Return the number of the final consonant of a word's last syllable (0: open, or not Hangul)."""
    last = word[-1:]
    return (ord(last) - ord(_FIRST_SYLLABLE)) % _FINALS if _FIRST_SYLLABLE <= last <= _LAST_SYLLABLE else 0


def fitting(word: str, particle: str) -> str:
    """Return the form of a particle that follows a word; other endings come back as they are."""
    final = final_sound(word)
    if particle in _DIRECTION:
        return _DIRECTION[0] if final not in (0, _RIEUL) else _DIRECTION[1]
    for closed, open_ in _PAIRS:
        if particle in (closed, open_):
            return closed if final else open_
    return particle


def replace_before_particle(text: str, start: int, end: int, word: str) -> str:
    """Replace `text[start:end]` by a word, and the particle right after it by the form that fits."""
    rest = text[end:]
    match = _PARTICLE.match(rest)
    if match:
        rest = fitting(word, match[1]) + rest[match.end() :]
    return text[:start] + word + rest
