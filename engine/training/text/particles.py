"""Korean particles and endings that depend on the last letter of the word before them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_FINAL_DIGITS = frozenset("013678")  # 영 일 삼 육 칠 팔 end in a consonant
_RIEUL_DIGITS = frozenset("178")
_FINAL_LATIN = frozenset("LMNRlmnr")
_PAIRS = {"을": ("을", "를"), "이": ("이", "가"), "은": ("은", "는"), "과": ("과", "와"), "아": ("아", "야")}
_NO_AT = ("어제", "내일", "모레", "글피", "오늘", "이따", "때")
_SLOT = re.compile(r"\{([a-z]+\d?)(?::([가-힣]+))?\}")
_FIRST, _LAST = ord("가"), ord("힣")
_RIEUL = 8  # index of ㄹ among the final letters


def final_letter(word: str) -> int:
    """Return the index of the final consonant of the last syllable (0: none, 8: ㄹ)."""
    last = word[-1]
    if _FIRST <= ord(last) <= _LAST:
        return (ord(last) - _FIRST) % 28
    if last in _RIEUL_DIGITS or last in "Ll":
        return _RIEUL
    return 1 if last in _FINAL_DIGITS or last in _FINAL_LATIN else 0


def attach(word: str, form: str) -> str:
    """Attach a particle given in its after-consonant form: 을, 이, 은, 과, 으로, 이랑, 이야, 아, 에 ..."""
    final = final_letter(word)
    if form == "에":
        return word if word.endswith(_NO_AT) else f"{word}에"
    if form in _PAIRS:
        return word + _PAIRS[form][0 if final else 1]
    if form.startswith("으"):
        return word + (form[1:] if final in (0, _RIEUL) else form)
    if form.startswith("이") and not final:
        return word + form[1:]
    return word + form


def fill(template: str, words: Mapping[str, str]) -> str:
    """Fill `{slot}` and `{slot:particle}`.

    Raises:
        KeyError: a slot has no word.
    """

    def put(match: re.Match[str]) -> str:
        word = words[match[1]]
        return attach(word, match[2]) if match[2] else word

    return _SLOT.sub(put, template)


def slots_of(template: str) -> set[str]:
    """Return the names of the slots of a template."""
    return {match[1] for match in _SLOT.finditer(template)}


def with_rieul(stem: str) -> str:
    """Return the prospective form of a regular verb stem: 보 -> 볼, 먹 -> 먹을, 만들 -> 만들."""
    final = final_letter(stem)
    if final == 0:
        return stem[:-1] + chr(ord(stem[-1]) + _RIEUL)
    return stem if final == _RIEUL else f"{stem}을"


def with_eu(stem: str, ending: str) -> str:
    """Attach an ending that takes 으 after a consonant other than ㄹ: 보려고, 먹으려고, 만들려고."""
    return stem + ending if final_letter(stem) in (0, _RIEUL) else f"{stem}으{ending}"
