"""Her age: computed from her birth date, and put right where an answer states another."""

from __future__ import annotations

import re
from datetime import date

BIRTH_DATE = date(2003, 10, 11)

_TENS = {"열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40}
_ONES = {
    "하나": 1,
    "한": 1,
    "둘": 2,
    "두": 2,
    "셋": 3,
    "세": 3,
    "넷": 4,
    "네": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
}
_WORDS_BEFORE_UNIT = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
# Only what she says of herself: first person, then at most a few small words, then the number.
_OWN_AGE = re.compile(
    rf"""(?P<lead>(?<![가-힣])(?:나는|난|나|내\ 나이는|내\ 나이가|내\ 나이|제\ 나이는|저는|전|오로라는|오로라)
        (?:\ (?:이제|올해|지금|벌써|현재|만|만으로))*\ )
        (?P<age>(?:{"|".join(_TENS)})(?:{"|".join(_ONES)})?|\d{{1,3}})(?P<gap>\ ?)살""",
    re.VERBOSE,
)


def completed_years(today: date) -> int:
    """Return her age in completed years (만 나이) on a day."""
    had_birthday = (today.month, today.day) >= (BIRTH_DATE.month, BIRTH_DATE.day)
    return today.year - BIRTH_DATE.year - (0 if had_birthday else 1)


def with_right_age(answer: str, today: date) -> str:
    """Put her age where an answer states another one; numerals stay numerals, words stay words."""
    age = completed_years(today)

    def corrected(match: re.Match[str]) -> str:
        if _number(match["age"]) == age:
            return match.group()
        stated = str(age) if match["age"].isdecimal() else _in_words(age)
        return f"{match['lead']}{stated}{match['gap']}살"

    return _OWN_AGE.sub(corrected, answer)


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens = next(word for word in sorted(_TENS, key=len, reverse=True) if text.startswith(word))
    return _TENS[tens] + _ONES.get(text.removeprefix(tens), 0)


def _in_words(age: int) -> str:
    tens, ones = divmod(age, 10)
    names = {1: "열", 2: "스물" if ones else "스무", 3: "서른", 4: "마흔"}
    return f"{names[tens]}{_WORDS_BEFORE_UNIT[ones]}" if tens in names else str(age)
