"""Harmless rows that no corpus has: gibberish, single letters, cries, foreign words. An encoder must not fear them."""

from __future__ import annotations

import random

from engine.training.text.ethics_rows import NORMAL, EthicsRow

_LETTERS = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎㅏㅓㅗㅜㅡㅣㅠ"
# Initials that people read as insults; sequences with them are left out of the harmless ones.
_RUDE = (
    "ㅅㅂ",
    "ㅂㅅ",
    "ㅄ",
    "ㅈㄹ",
    "ㄱㅅㄲ",
    "ㄴㄱㅁ",
    "ㄴㅇㅁ",
    "ㅁㅊ",
    "ㄲㅈ",
    "ㅗ",
    "ㅆㅂ",
    "ㅈㄴ",
    "ㄷㅊ",
    "ㅅㄲ",
)
_CRIES = (
    "꺄",
    "아",
    "악",
    "으",
    "윽",
    "와",
    "우와",
    "오",
    "헐",
    "헉",
    "앗",
    "엥",
    "잉",
    "히",
    "힝",
    "흑",
    "쿠쿠",
    "뀨",
    "얍",
    "음",
    "흠",
    "에휴",
    "하",
    "휴",
    "이야",
)
_ENDS = ("", "악", "앙", "잉", "~", "~~", "!", "!!", "?", "...", "ㅋㅋ", "ㅎㅎ", "ㅠㅠ")
_FOREIGN = (
    "hello",
    "hi",
    "ok",
    "what",
    "how are you",
    "thank you",
    "good morning",
    "pizza",
    "lol",
    "zzz",
    "bonjour",
    "hola",
    "こんにちは",
    "ありがとう",
    "你好",
    "谢谢",
    "привет",
    "danke",
    "asdf",
    "qwer",
    "test",
    "yes",
    "no",
)
_SELF = ("오로라", "로라야", "로라", "오로라야", "오로라 안녕", "야", "저기", "있잖아", "음 그게", "뭐더라")


def strange_rows(count: int, *, seed: int) -> list[EthicsRow]:
    """Make `count` distinct harmless rows."""
    rng = random.Random(seed)
    makers = (_initials, _cry, _syllables, _foreign, _called)
    texts: dict[str, None] = {}
    while len(texts) < count:
        text = rng.choice(makers)(rng)
        if not any(rude in text for rude in _RUDE):
            texts[text] = None
    return [EthicsRow(text, NORMAL, "strange") for text in texts]


def _initials(rng: random.Random) -> str:
    letters = rng.choices(_LETTERS, k=rng.randint(1, 3))
    return "".join(letters * rng.choice((1, 1, 1, 2))) + rng.choice(("", "", "?", "~"))


def _cry(rng: random.Random) -> str:
    cry = rng.choice(_CRIES)
    return cry + cry[-1] * rng.choice((0, 0, 1, 2, 4)) + rng.choice(_ENDS)


def _syllables(rng: random.Random) -> str:
    return "".join(chr(rng.randint(ord("가"), ord("힣"))) for _ in range(rng.randint(1, 4))) + rng.choice(_ENDS)


def _foreign(rng: random.Random) -> str:
    words = [rng.choice(_FOREIGN) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.4:
        words.append("".join(rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=rng.randint(2, 7))))
    return " ".join(words) + rng.choice(("", "!", "?"))


def _called(rng: random.Random) -> str:
    return rng.choice(_SELF) + rng.choice(_ENDS)
