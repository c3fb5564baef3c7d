"""The service as the adapters see it: messages go to the inbox, commands and clicks are carried out at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog

from bot.button_ids import read_button_id
from bot.chat import Author, ButtonCall, CommandAnswer, CommandCall, CommandSpec, IncomingMessage, Place, Taken
from bot.clock import Now
from bot.commands.command import AfterCommit, DeskFacts, Scene
from bot.commands.registry import ACTIONS, carry_out, press, specs
from bot.inbox import Inbox
from bot.loaded_engine import LoadedEngine
from bot.pictures import PictureStore
from bot.previews import PreviewPictures
from bot.quiet_hours import is_quiet
from bot.texts import Texts
from bot.verification import Fingerprint, fingerprint
from bot.whereabouts import Defaults, choose_language, choose_zone, locate
from storage.database import Storage
from storage.records import SpaceRecord
from storage.work import UnitOfWork

log = structlog.get_logger(__name__)


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
        engine: LoadedEngine,
    ) -> None:
        self._storage = storage
        self._inbox = inbox
        self._texts = texts
        self._pictures = pictures
        self._previews = PreviewPictures(pictures.folder / "previews", engine)
        self._defaults = defaults
        self._facts = facts
        self._now = now

    async def take(self, message: IncomingMessage) -> Taken:
        """Commit the message to the inbox, or settle it at once; returns after the commit."""
        return await self._inbox.take(message)

    async def command(self, call: CommandCall) -> CommandAnswer:
        """Carry out a command and return what to show; refusals are answers too, never exceptions."""
        try:
            seen = await asyncio.to_thread(fingerprint, call.image) if call.image is not None else None
            return await self._carried_out(call, carry_out, seen=seen)
        except Exception as error:  # a command must not end the adapter; the operator finds it in the log
            log.error("command_failed", command=call.name, error=type(error).__name__)
            return self._excuse(call.author)

    async def click(self, call: ButtonCall) -> CommandAnswer:
        """Carry out what a button means and return what to show; refusals are answers too, never exceptions.

        A moderators' button works by the rights that the clicking account has, now, in the space it is about.
        """
        name, value = read_button_id(call.button_id)
        try:
            space = await self._space_of(name, value)
            allowed = space is not None and await self._may_moderate(call, space)
            as_command = CommandCall(
                call.place, call.author, call.call_id, name, {}, may_moderate=allowed, called_at=call.called_at
            )
            return await self._carried_out(as_command, press, value=value, space=space)
        except Exception as error:
            log.error("click_failed", action=name, error=type(error).__name__)
            return self._excuse(call.author)

    def commands(self) -> tuple[CommandSpec, ...]:
        """Every command there is, for registration with the platforms."""
        return specs()

    async def is_hers(self, place: Place) -> bool:
        """Tell whether a moderator made this channel hers, and it is no quiet hour there."""
        async with self._storage.read() as work:
            space = await work.spaces.find(place.platform, place.space_id)
        if space is None or place.channel_id not in space.settings.get("hers", []):
            return False
        return not is_quiet(
            space.settings.get("quiet_hours"), self._now().astimezone(choose_zone(None, space, self._defaults))
        )

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

    async def _carried_out(
        self,
        call: CommandCall,
        act: Callable[[Scene], Awaitable[CommandAnswer]],
        *,
        value: str = "",
        space: SpaceRecord | None = None,
        seen: Fingerprint | None = None,
    ) -> CommandAnswer:
        after = AfterCommit()
        async with self._storage.work() as work:
            scene = await self._scene(work, call, after, value, space, seen)
            answer = await act(scene)
        await self._pictures.remove(after.files_to_remove)
        if after.clear_database_files:
            await self._storage.checkpoint()
        return await self._with_picture(answer, after)

    async def _scene(
        self,
        work: UnitOfWork,
        call: CommandCall,
        after: AfterCommit,
        value: str,
        space: SpaceRecord | None,
        seen: Fingerprint | None,
    ) -> Scene:
        now = self._now()
        who = await locate(work, call.place, call.author, now, self._defaults)
        return Scene(
            work=work,
            call=call,
            who=who,
            texts=self._texts,
            now=now,
            facts=self._facts,
            defaults=self._defaults,
            is_operator=self._is_operator(call.author),
            after=after,
            specs=specs(),
            space=space or who.space,
            value=value,
            fingerprint=seen,
        )

    async def _with_picture(self, answer: CommandAnswer, after: AfterCommit) -> CommandAnswer:
        if after.picture is None:
            return answer
        try:
            return replace(answer, picture=await self._previews.picture(after.picture))
        except Exception as error:  # the words say enough
            log.error("preview_failed", error=type(error).__name__)
            return answer

    async def _space_of(self, action: str, value: str) -> SpaceRecord | None:
        """Return the space that a moderators' button is about; None for everybody's buttons."""
        known = ACTIONS.get(action)
        if known is None or known.space_of is None:
            return None
        async with self._storage.read() as work:
            return await known.space_of(work, value)

    async def _may_moderate(self, call: ButtonCall, space: SpaceRecord) -> bool:
        if space.kind == "direct" or space.platform != call.author.platform:
            return False
        return await call.rights.may_moderate(space.space_key)

    def _is_operator(self, author: Author) -> bool:
        return (author.platform, author.account_id) in self._facts.operators

    def _excuse(self, author: Author) -> CommandAnswer:
        language = author.language or self._defaults.language
        return CommandAnswer(self._texts.get("ko" if language.startswith("ko") else "en", "command_failed"))
