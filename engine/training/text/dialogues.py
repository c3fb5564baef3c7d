"""One training dialogue, and the text rows it gives to each role."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from engine.training.text import formats

DAYS = "월화수목금토일"
DAY_PARTS = ("오전", "오후", "저녁")
_TAG_WORDS = ("오늘", "내일", "지금", "요일", "이따", "휴일")
RoleName = Literal["output_message", "memory", "summary", "eyes_mouth_pose"]
ROLES: tuple[RoleName, ...] = ("output_message", "memory", "summary", "eyes_mouth_pose")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One turn with everything the four roles learn from it.

    `tagged` is what was said, with the time tag; `memory` is `[key: value]` or empty, None when unknown. Rows of
    licensed question-answer sets have neither summary nor expression.
    """

    source: str
    said: str
    tagged: str
    answer: str
    memory: str | None
    summary: str | None
    expression: tuple[str, str, str] | None
    recalled: str | None = None
    after: str | None = None

    def composed(self) -> str:
        """Return the model input as the runtime composes it (a recalled memory displaces the summary)."""
        if self.recalled:
            return f"{self.recalled} {self.tagged}"
        if self.after:
            return f"{formats.SUMMARY_TAG} {self.after} {formats.PROMPT_TAG} {self.tagged}"
        return self.tagged

    def row(self, role: RoleName) -> tuple[str, str] | None:
        """Return (prompt, completion) for a role, or None when this dialogue has nothing for it."""
        if role == "output_message":
            return formats.answer_text(self.composed(), self.answer)
        if role == "memory":
            return None if self.memory is None else formats.memory_text(self.composed(), self.memory)
        shown = formats.as_shown(self.answer)
        if role == "summary":
            return None if self.summary is None else formats.summary_text(self.composed(), shown, self.summary)
        return None if self.expression is None else formats.expression_text(shown, expression_words(self.expression))


def expression_words(expression: tuple[str, str, str]) -> str:
    """Write eyes, mouth and pose as the runtime reads them."""
    eyes, mouth, pose = expression
    return f"눈 {eyes}, 입 {mouth}, 고개 돌림 {pose}"


def tag_time(said: str, day: int, part: str) -> str:
    """Put the time tag before a text that speaks of today, as the runtime does (`day` 0 is Monday)."""
    if any(word in said for word in _TAG_WORDS):
        return f"{formats.NOW_TAG} {DAYS[day]}요일 {part}) {said}"
    return said


def random_time(chooser: random.Random) -> tuple[int, str]:
    """Draw a day of the week and a part of the day."""
    return chooser.randrange(7), chooser.choice(DAY_PARTS)
