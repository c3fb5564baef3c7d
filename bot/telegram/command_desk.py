"""Commands: read, checked, carried out once, answered.

A command counts as taken when its id is committed to the adapter's state, before it is carried out: an update that
Telegram sends again runs nothing twice. Its answer is sent beside the intake of other updates.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC
from functools import partial

import structlog
from telegram import Message, User
from telegram.error import TelegramError

from bot.chat import Author, CommandAnswer, CommandCall, CommandSpec, FrontDesk, Place
from bot.telegram.answers import Answers
from bot.telegram.attached_images import attached_image
from bot.telegram.command_line import CommandLine, Misread, read_arguments, usage
from bot.telegram.failures import reason_of
from bot.telegram.library import TelegramBot
from bot.telegram.moderators import Moderators
from bot.telegram.people_seen import PeopleSeen
from bot.telegram.reading import Me, author_of, place_of, replied_person
from bot.texts import Texts

STATE_KEY = "telegram.commands"
_KEPT = 200

Work = Callable[[], Awaitable[None]]

_log = structlog.get_logger(__name__)


class CommandDesk:
    """Carries commands out through the front desk."""

    def __init__(
        self,
        bot: TelegramBot,
        front: FrontDesk,
        texts: Texts,
        answers: Answers,
        moderators: Moderators,
        people: PeopleSeen,
    ) -> None:
        self._bot = bot
        self._front = front
        self._texts = texts
        self._answers = answers
        self._moderators = moderators
        self._people = people
        self._taken: list[str] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, message: Message, user: User, line: CommandLine, me: Me) -> None:
        """Commit that a command was taken, and start to carry it out; nothing happens the second time."""
        place, author = place_of(message), author_of(user)
        spec = self._spec(line.name)
        if spec is None and line.bot is None and place.kind != "direct":
            return  # most likely meant for another bot
        if not await self._is_new(f"{message.chat.id}:{message.message_id}"):
            return
        if spec is None:
            work = partial(self._say, message, place, author, "telegram.unknown_command", command=f"/{line.name}")
        else:
            work = partial(self._carry_out, message, place, author, spec, line.rest, me)
        self._start(work)

    async def tell_anonymous(self, message: Message) -> None:
        """Tell an anonymous administrator that commands need a name."""
        if not await self._is_new(f"{message.chat.id}:{message.message_id}"):
            return
        place = place_of(message)
        self._start(partial(self._say, message, place, Author("telegram", place.space_id), "telegram.anonymous"))

    async def stop(self, grace_s: float) -> None:
        """Wait for commands in hand, at most `grace_s` seconds, then drop them."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=grace_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _spec(self, name: str) -> CommandSpec | None:
        specs = {spec.name: spec for spec in self._front.commands()}
        # Telegram's own button sends /start; until there is a command of that name it means help.
        return specs.get(name) or (specs.get("help") if name == "start" else None)

    async def _is_new(self, call_id: str) -> bool:
        if self._taken is None:
            state = await self._front.state(STATE_KEY) or {}
            self._taken = [str(item) for item in state.get("taken", [])]
        if call_id in self._taken:
            return False
        kept = [*self._taken, call_id][-_KEPT:]
        await self._front.save_state(STATE_KEY, {"taken": kept})
        self._taken = kept
        return True

    def _start(self, work: Work) -> None:
        task = asyncio.create_task(self._guarded(work), name="telegram.command")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Work) -> None:
        try:
            await work()
        except TelegramError as error:
            _log.warning("telegram.answer_not_sent", reason=reason_of(error))
        except Exception as error:
            _log.error("telegram.command_failed", error=type(error).__name__)

    async def _carry_out(
        self, message: Message, place: Place, author: Author, spec: CommandSpec, rest: str, me: Me
    ) -> None:
        values = read_arguments(spec, rest, self._people.account, replied_person(message, me))
        if isinstance(values, Misread):
            await self._say_misread(message, place, author, spec, values)
            return
        may_moderate = place.kind != "direct" and await self._moderators.may_moderate(
            message.chat.id, int(author.account_id)
        )
        takes_image = any(parameter.kind == "image" for parameter in spec.parameters)
        call = CommandCall(
            place=place,
            author=author,
            call_id=f"{message.chat.id}:{message.message_id}",
            name=spec.name,
            arguments=values,
            may_moderate=may_moderate,
            called_at=message.date.astimezone(UTC),
            image=await attached_image(self._bot, message) if takes_image else None,
        )
        try:
            answer = await self._front.command(call)
        except Exception as error:
            _log.error("telegram.command_failed", command=spec.name, error=type(error).__name__)
            await self._say(message, place, author, "telegram.command_failed")
            return
        await self._answers.send(answer, message, author, await self._front.language(author, place))

    async def _say_misread(
        self, message: Message, place: Place, author: Author, spec: CommandSpec, misread: Misread
    ) -> None:
        await self._say(
            message,
            place,
            author,
            f"telegram.misread.{misread.trouble}",
            parameter=misread.parameter.name,
            choices=", ".join(misread.parameter.choices),
            usage=usage(spec),
        )

    async def _say(self, message: Message, place: Place, author: Author, key: str, **values: str) -> None:
        language = await self._front.language(author, place)
        text = self._texts.get(language, key, **values)
        await self._answers.send(CommandAnswer(text, private=False), message, author, language)
