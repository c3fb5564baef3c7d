"""Hangul letters: syllables taken apart and put together.

Arithmetic of syllables: The Unicode Standard, section 3.12. Single letters are the compatibility letters ㄱ..ㅣ.
"""

from __future__ import annotations

import re
import unicodedata

_BASE = 0xAC00
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_TWO_VOWELS = {
    "ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ",
}  # fmt: skip
# ㅠ ㅜ ㅡ ㅗ after a word are tears, dashes and gestures, not letters of it.
_SPELLED_VOWELS = "ㅏㅐㅑㅓㅔㅕㅣ"
_CONJOINING = {
    **{chr(0x1100 + i): letter for i, letter in enumerate(_INITIALS)},
    **{chr(0x1161 + i): letter for i, letter in enumerate(_VOWELS)},
    **{chr(0x11A7 + i): letter for i, letter in enumerate(_FINALS) if i},
}
_SPELLED = re.compile(
    rf"(?P<initial>[{_INITIALS}])(?P<vowel>[{_VOWELS}]{{1,2}}?)"
    rf"(?P<final>[{_FINALS[1:]}]?)(?![{_VOWELS}])"
)


def is_hangul(character: str) -> bool:
    """Tell whether a character is a Hangul syllable or a single letter."""
    return "가" <= character <= "힣" or "ㄱ" <= character <= "ㅣ"


def to_single_letters(text: str) -> str:
    """Write conjoining letters (U+1100 block) that make no syllable as single letters."""
    return "".join(_CONJOINING.get(character, character) for character in unicodedata.normalize("NFC", text))


def split(syllable: str) -> tuple[str, str, str] | None:
    """Return initial, vowel and final ("" when open) of a syllable, or None for another character."""
    if not "가" <= syllable <= "힣":
        return None
    index = ord(syllable) - _BASE
    final = _FINALS[index % 28]
    return _INITIALS[index // 588], _VOWELS[index // 28 % 21], final.strip()


def join(initial: str, vowel: str, final: str = "") -> str:
    """Return the syllable of an initial, a vowel and a final ("" for none)."""
    place = _INITIALS.index(initial) * 588 + _VOWELS.index(vowel) * 28
    return chr(_BASE + place + (_FINALS.index(final) if final else 0))


def compose(text: str) -> str:
    """Put spelled-out letters together: ㄴㅣㅇㅐㅁㅣ is 니애미; laughter and tears (ㅋㅋ, ㅠㅠ) stay."""
    return _attach_vowels(_SPELLED.sub(_composed, text))


def _composed(match: re.Match[str]) -> str:
    vowel = _TWO_VOWELS.get(match["vowel"], match["vowel"])
    if len(vowel) > 1:
        return match.group()
    return join(match["initial"], vowel, match["final"])


def _attach_vowels(text: str) -> str:
    """Give a vowel after a syllable its place: 앰ㅣ is 애미, 니ㅐ is 니애, 아ㅏ is 아."""
    done: list[str] = []
    for position, letter in enumerate(text):
        before = split(done[-1]) if done else None
        if before is None or letter not in _SPELLED_VOWELS or text[position + 1 : position + 2] in tuple(_VOWELS):
            done.append(letter)
            continue
        initial, vowel, final = before
        if final in _INITIALS and final:
            done[-1] = join(initial, vowel)
            done.append(join(final, letter))
        elif not final and letter != vowel:
            done.append(join("ㅇ", letter))
        elif final:
            done.append(letter)
    return "".join(done)
