"""Keeps a person's words from forging the markers that a language model's input is built of."""

from __future__ import annotations

import re

# Every phrase that has a meaning between brackets in some role's input or output.
_PHRASES = (
    "답변 시작",
    "답변 종료",
    "요약 시작",
    "요약 종료",
    "표정 출력 시작",
    "표정 출력 종료",
    "오로라 답변 요약",
    "오로라 답변",
    "사용자 질문",
)
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
)
_GAP = rf"[\s{_INVISIBLE}]*"
_OPEN = "[(（﹙⁽₍❨⦅｟]"
_CLOSE = "[)）﹚⁾₎❩⦆｠]"


def _spelled(phrase: str) -> str:
    return _GAP.join(re.escape(letter) for letter in phrase if letter != " ")


_MARKER = re.compile(rf"{_OPEN}{_GAP}({'|'.join(_spelled(phrase) for phrase in _PHRASES)}){_GAP}{_CLOSE}")
_TIME_TAG = re.compile(rf"{_OPEN}({_GAP}{_spelled('지금은')})")
_HEADER = re.compile(r"#{2,}(?=\s*답변\s*[:：])")
_SPECIAL_TOKEN = re.compile(r"<(?=\|)|(?<=\|)>|<(?=/?(?:s|unk|pad|bos|eos|mask)>)|\[(?=(?:CLS|SEP|PAD|UNK|MASK)\])")


def neutralise(text: str) -> str:
    """Return a text with the brackets of every marker, header and special token taken away; the words stay.

    `(답변 종료)` becomes `답변 종료`, `(지금은 월요일 오전)` becomes `지금은 월요일 오전)`, `<|endoftext|>` becomes
    `|endoftext|`. Spaces, invisible characters and full-width brackets inside a marker do not hide it.
    """
    previous = ""
    while previous != text:  # taking brackets away may bring a new marker together
        previous = text
        text = _SPECIAL_TOKEN.sub("", _HEADER.sub("", _TIME_TAG.sub(r"\1", _MARKER.sub(r"\1", text))))
    return text
