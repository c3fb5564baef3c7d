"""The service as the adapters see it: messages go to the inbox, commands are carried out at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog

from bot.chat import Author, CommandAnswer, CommandCall, CommandSpec, IncomingMessage, Place, Taken
from bot.clock import Now
from bot.commands.command import Scene
from bot.commands.registry import carry_out, specs
from bot.inbox import Inbox
from bot.pictures import PictureStore
from bot.texts import Texts
from bot.whereabouts import Defaults, choose_language, locate
from storage.database import Storage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """What the commands must know of the service itself."""

    operators: frozenset[tuple[str, str]]
    face_ids: tuple[str, ...]
    message_content: bool


class ServiceDesk:
    """The front desk over inbox, commands and storage; see bot.chat.FrontDesk."""

    def __init__(
        self,
        storage: Storage,
        inbox: Inbox,
        texts: Texts,
        pictures: PictureStore,
        defaults: Defaults,
        facts: DeskFacts,
        now: Now,
    ) -> None:
        self._storage = storage
        self._inbox = inbox
        self._texts = texts
        self._pictures = pictures
        self._defaults = defaults
        self._facts = facts
        self._now = now

    async def take(self, message: IncomingMessage) -> Taken:
        """Commit the message to the inbox, or settle it at once; returns after the commit."""
        return await self._inbox.take(message)

    async def command(self, call: CommandCall) -> CommandAnswer:
        """Carry out a command and return what to show; refusals are answers too, never exceptions."""
        leftovers: list[str] = []
        try:
            async with self._storage.work() as work:
                who = await locate(work, call.place, call.author, self._now(), self._defaults)
                scene = Scene(
                    work=work,
                    call=call,
                    who=who,
                    texts=self._texts,
                    now=self._now(),
                    face_ids=self._facts.face_ids,
                    is_operator=(call.author.platform, call.author.account_id) in self._facts.operators,
                    message_content=self._facts.message_content,
                    files_to_remove=leftovers,
                    specs=specs(),
                )
                answer = await carry_out(scene)
        except Exception as error:  # a command must not end the adapter; the operator finds it in the log
            log.error("command_failed", command=call.name, error=type(error).__name__)
            return CommandAnswer(self._texts.get(call.author.language or self._defaults.language, "command_failed"))
        if call.name == "forget":
            await self._pictures.remove(leftovers)
            await self._storage.checkpoint()
        return answer

    def commands(self) -> tuple[CommandSpec, ...]:
        """Every command there is, for registration with the platforms."""
        return specs()

    async def is_hers(self, place: Place) -> bool:
        """Tell whether a moderator made this channel hers."""
        async with self._storage.read() as work:
            space = await work.spaces.find(place.platform, place.space_id)
        return space is not None and place.channel_id in space.settings.get("hers", [])

    async def language(self, author: Author, place: Place) -> str:
        """Return "ko" or "en" for a person at a place."""
        async with self._storage.read() as work:
            account = await work.people.find(author.platform, author.account_id)
            person = await work.people.person(account.person_id) if account else None
            space = await work.spaces.find(place.platform, place.space_id)
        return choose_language(person, space, author.language, self._defaults)

    async def state(self, key: str) -> dict[str, Any] | None:
        """Read an adapter's small durable state."""
        async with self._storage.read() as work:
            return await work.states.get(key)

    async def save_state(self, key: str, value: dict[str, Any]) -> None:
        """Write an adapter's small durable state."""
        async with self._storage.work() as work:
            await work.states.put(key, value)
