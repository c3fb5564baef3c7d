"""A front desk without a service behind it: it remembers what it was given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bot.chat import (
    Author,
    ButtonCall,
    CommandAnswer,
    CommandCall,
    CommandParameter,
    CommandSpec,
    IncomingMessage,
    Place,
    Taken,
)

PERSON = CommandParameter("person", required=True, kind="person")
HOW = CommandParameter("how", required=True, kind="choice", choices=("still", "moving"))
SPECS = (
    CommandSpec("help", moderators_only=False),
    CommandSpec(
        "motion", moderators_only=False, parameters=(CommandParameter("how", True, "choice", ("still", "moving")),)
    ),
    CommandSpec(
        "block",
        moderators_only=True,
        parameters=(PERSON, CommandParameter("days", False, "number"), CommandParameter("reason", False, "text")),
    ),
)


class FakeFront:
    """A FrontDesk kept in memory."""

    def __init__(self, specs: tuple[CommandSpec, ...] = SPECS) -> None:
        self.specs = specs
        self.taken: list[IncomingMessage] = []
        self.outcomes: list[Taken] = []
        self.calls: list[CommandCall] = []
        self.clicks: list[ButtonCall] = []
        self.click_answer: Callable[[ButtonCall], CommandAnswer] = lambda call: CommandAnswer(f"did: {call.button_id}")
        self.hers: set[tuple[str, str]] = set()
        self.states: dict[str, dict[str, Any]] = {}
        self.failures_left = 0
        self.gate: asyncio.Event | None = None  # holds takes back until it is set
        self.answer: Callable[[CommandCall], CommandAnswer] = lambda call: CommandAnswer(f"done: {call.name}")
        self._news = asyncio.Condition()

    async def take(self, message: IncomingMessage) -> Taken:
        if self.gate is not None:
            await self.gate.wait()
        if self.failures_left:
            self.failures_left -= 1
            raise OSError("database is locked")
        known = {(item.chat_id, item.message_id) for item in self.taken}
        outcome = Taken.DUPLICATE if (message.chat_id, message.message_id) in known else Taken.ACCEPTED
        if outcome is Taken.ACCEPTED:
            self.taken.append(message)
        self.outcomes.append(outcome)
        await self._tell()
        return outcome

    async def command(self, call: CommandCall) -> CommandAnswer:
        self.calls.append(call)
        await self._tell()
        return self.answer(call)

    async def click(self, call: ButtonCall) -> CommandAnswer:
        self.clicks.append(call)
        await self._tell()
        return self.click_answer(call)

    def commands(self) -> tuple[CommandSpec, ...]:
        return self.specs

    async def is_hers(self, place: Place) -> bool:
        return (place.space_id, place.channel_id) in self.hers

    async def language(self, author: Author, place: Place) -> str:
        return "ko" if author.language is None or author.language.startswith("ko") else "en"

    async def state(self, key: str) -> dict[str, Any] | None:
        return self.states.get(key)

    async def save_state(self, key: str, value: dict[str, Any]) -> None:
        self.states[key] = value
        await self._tell()

    async def wait_until(self, happened: Callable[[], bool], timeout_s: float = 5.0) -> None:
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(happened)

    async def wait_taken(self, count: int = 1, timeout_s: float = 5.0) -> list[IncomingMessage]:
        await self.wait_until(lambda: len(self.taken) >= count, timeout_s)
        return self.taken

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()
