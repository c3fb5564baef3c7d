"""The shape of a command: its specification and the function that carries it out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.chat import CommandAnswer, CommandCall, CommandSpec
from bot.texts import Texts
from bot.whereabouts import Whereabouts
from storage.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Scene:
    """What a command works with: an open unit of work, who called and where, and the service's own facts."""

    work: UnitOfWork
    call: CommandCall
    who: Whereabouts
    texts: Texts
    now: datetime
    face_ids: tuple[str, ...]
    is_operator: bool
    message_content: bool  # whether Discord lets her read messages that do not mention her
    files_to_remove: list[str]  # picture files that go once the act is committed
    specs: tuple[CommandSpec, ...]

    def say(self, key: str, /, **values: object) -> CommandAnswer:
        """Answer privately with the text of `key` in the caller's language."""
        return CommandAnswer(self.texts.get(self.who.language, key, **values))

    def text(self, key: str, /, **values: object) -> str:
        """Return the text of `key` in the caller's language."""
        return self.texts.get(self.who.language, key, **values)


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    spec: CommandSpec
    carry_out: Callable[[Scene], Awaitable[CommandAnswer]]
