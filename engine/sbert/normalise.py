"""Undo what people do to a text so that it is read by people but not by a machine.

The result is for judging only; what is answered and remembered is the text as written.
"""

from __future__ import annotations

import re
import unicodedata

from engine.sbert.jamo import compose, is_hangul, join, split, to_single_letters

_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_INVISIBLE = frozenset("\u034f\u180e")
_HANGUL = "가-힣ㄱ-ㅣ"
# What stands for a letter beside other letters: ㄴ1, ㅇH, 口ㅣ.
_LOOKALIKES = {
    "1": "ㅣ", "l": "ㅣ", "I": "ㅣ", "|": "ㅣ", "丨": "ㅣ", "H": "ㅐ", "卜": "ㅏ",
    "O": "ㅇ", "o": "ㅇ", "0": "ㅇ", "○": "ㅇ", "口": "ㅁ", "□": "ㅁ", "人": "ㅅ", "L": "ㄴ",
}  # fmt: skip
_LOOKALIKE = re.compile(r"(?<=[ㄱ-ㅎ])[1lI|丨H卜]|[Oo0○口□人L](?=[ㅏ-ㅣ])")
_COUNTERS = "시분초월일년살명개층번호학교차반등위세대권잔원배인회주박점장조만천백억"
_NUMBER_INSIDE = re.compile(rf"(?<=[{_HANGUL}])\d{{1,2}}(?=[{_HANGUL}])(?![{_COUNTERS}])")
_LETTER_INSIDE = re.compile(rf"(?<=[{_HANGUL}])[A-Za-z](?=[{_HANGUL}])")
_SHORTEST_RUN = 3
_REPEATED_SYLLABLE = re.compile(r"([가-힣])\1{2,}")
_REPEATED = re.compile(r"(.)\1{2,}", re.DOTALL)


def normalise(text: str) -> str:
    """Return a text with its disguises taken off.

    Compatibility forms (NFKC) become plain, invisible characters and Hangul fillers go, signs and emoji inside words
    go, spelled-out and spaced-out Hangul is joined, look-alikes of letters are read as letters, repetition shrinks.
    """
    # Some compatible forms hold invisible characters themselves, hence the second look.
    plain = _visible(_compatible(_visible(text)))
    joined = _join_spaced(_without_signs_inside(_read_lookalikes(plain)))
    unbroken = _LETTER_INSIDE.sub("", _NUMBER_INSIDE.sub("", compose(joined)))
    return " ".join(_without_repetition(unbroken).split())


def _visible(text: str) -> str:
    return "".join(
        character
        for character in unicodedata.normalize("NFC", text)
        if character not in _FILLERS
        and character not in _INVISIBLE
        and unicodedata.category(character) not in ("Cf", "Mn", "Me", "Co", "Cn")
    )


def _compatible(text: str) -> str:
    """Apply NFKC, but keep single Hangul letters single."""
    kept = (c if "ㄱ" <= c <= "ㅣ" else unicodedata.normalize("NFKC", c) for c in text)
    return to_single_letters("".join(kept))


def _without_signs_inside(text: str) -> str:
    """Delete runs of signs and emoji between two Hangul characters, 니.애.미 and 니💕애미."""
    result: list[str] = []
    signs: list[str] = []
    for character in text:
        if unicodedata.category(character)[0] in "PS" and result and is_hangul(result[-1]):
            signs.append(character)
            continue
        if not is_hangul(character):
            result.extend(signs)
        signs.clear()
        result.append(character)
    return "".join(result + signs)


def _join_spaced(text: str) -> str:
    """Join runs of three or more single Hangul characters that spaces or signs keep apart: 니 애 미, ㄴ ㅣ ㅇ ㅐ."""
    words: list[str] = []
    run: list[str] = []
    for word in (*text.split(), ""):
        letters = [character for character in word if unicodedata.category(character)[0] not in "PS"]
        if len(letters) == 1 and is_hangul(letters[0]):
            run.append(word)
        elif not (run and word and not letters):
            joined = "".join(character for part in run for character in part if is_hangul(character))
            words.extend([joined] if len(run) >= _SHORTEST_RUN else run)
            run.clear()
            words.append(word)
    return " ".join(words).strip()


def _read_lookalikes(text: str) -> str:
    """Read 1 as ㅣ in ㄴ1 and the like; laughter before it (ㅋㅋ1) makes no letter."""

    def letter(match: re.Match[str]) -> str:
        before = match.string[max(match.start() - 2, 0) : match.start()]
        return match.group() if len(before) == 2 and before[0] == before[1] else _LOOKALIKES[match.group()]

    return _LOOKALIKE.sub(letter, text)


def _without_repetition(text: str) -> str:
    unstretched: list[str] = []
    position = 0
    while position < len(text):
        unstretched.append(text[position])
        position += 1 + _stretch_after(text, position)
    return _REPEATED.sub(r"\1\1", _REPEATED_SYLLABLE.sub(r"\1", "".join(unstretched)))


def _stretch_after(text: str, position: int) -> int:
    """Return how many characters after a position only draw its vowel out (니이이); fewer than two do not count."""
    parts = split(text[position])
    if parts is None or parts[2]:
        return 0
    drawn = join("ㅇ", parts[1])
    length = len(text[position + 1 :]) - len(text[position + 1 :].lstrip(drawn))
    return length if length >= 2 else 0
