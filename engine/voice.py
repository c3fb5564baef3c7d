"""How a profile speaks: what its language models make of a message, and of her own answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.stopwatch import Stopwatch
from engine.turn_types import Expression, ShowRequest

Remembered = tuple[str, str]  # key and value


@dataclass(frozen=True, slots=True)
class Spoken:
    """`answer`: accepted, with the outer spaces that the model gave it. `remembered`: what it wants to keep."""

    answer: str
    remembered: tuple[Remembered, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """What a voice may know of the message it answers; `composed` is what `compose` made of it."""

    composed: str
    sent_at: datetime
    seed: int


class Voice(Protocol):
    """The language-model side of a turn."""

    def count_tokens(self, said: str) -> int:
        """Count the tokens of a message for the length gate."""

    def compose(self, said: str, now: datetime, memory_line: str | None, summary: str | None) -> str:
        """Return what the models read for a message."""

    def uses_summary(self) -> bool:
        """Tell whether the last turn's summary is put before a message that recalls nothing."""

    async def speak(self, message: Message, watch: Stopwatch) -> Spoken:
        """Answer, and say what to remember."""

    async def react(self, request: ShowRequest, watch: Stopwatch) -> tuple[Expression, str | None]:
        """Choose the expression of an answer, and the summary of the turn."""
