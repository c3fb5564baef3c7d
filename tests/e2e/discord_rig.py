"""The unmodified Discord adapter on a loopback Discord, with a small service behind it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import SecretStr

from bot.chat import (
    Author,
    ButtonCall,
    CommandAnswer,
    CommandCall,
    CommandParameter,
    CommandSpec,
    IncomingMessage,
    OutgoingMessage,
    PartKind,
    Picture,
    Place,
    Taken,
)
from bot.discord.adapter import DiscordAdapter
from bot.settings import Settings
from bot.texts import Texts
from tests.e2e.discord_server import DiscordServer

SECRET = b"sixteen bytes or more"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
NONCE = "0123456789abcdef01234567"

HELP = CommandSpec("help", moderators_only=False)
BLOCK = CommandSpec(
    "block",
    moderators_only=True,
    parameters=(
        CommandParameter("hours", required=False, kind="number"),
        CommandParameter("who", required=True, kind="person"),
        CommandParameter("scope", required=False, kind="choice", choices=("channel", "server")),
    ),
)
_DESCRIBED = {
    "command.help": "What she can do",
    "command.block": "Block a person",
    "command.block.hours": "For how long",
    "command.block.who": "Whom",
    "command.block.scope": "Where",
    "command.block.scope.channel": "this channel",
    "command_name.help": "help",
}
_IN_KOREAN = {"command.block.scope.channel": "이 채널", "command_name.help": "도움말"}


class FakeFrontDesk:
    """A service that keeps what it is given and answers commands in a fixed way."""

    def __init__(self) -> None:
        self.taken: list[IncomingMessage] = []
        self.calls: list[CommandCall] = []
        self.clicks: list[ButtonCall] = []
        self.hers: set[str] = set()
        self.specs: tuple[CommandSpec, ...] = (HELP, BLOCK)
        self.answer = CommandAnswer("done")
        self.states: dict[str, dict[str, Any]] = {}
        self.failures = 0  # how many of the next takes fail
        self.slow_s = 0.0
        self.open = asyncio.Event()  # while it is not set, nothing is taken
        self.open.set()

    async def take(self, message: IncomingMessage) -> Taken:
        await self.open.wait()
        await asyncio.sleep(self.slow_s)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the database is away")
        if any((each.chat_id, each.message_id) == (message.chat_id, message.message_id) for each in self.taken):
            return Taken.DUPLICATE
        self.taken.append(message)
        return Taken.ACCEPTED

    async def command(self, call: CommandCall) -> CommandAnswer:
        self.calls.append(call)
        spec = next(each for each in self.specs if each.name == call.name)
        if spec.moderators_only and not call.may_moderate:
            return CommandAnswer("only moderators")
        return self.answer

    async def click(self, call: ButtonCall) -> CommandAnswer:
        self.clicks.append(call)
        return self.answer

    def commands(self) -> tuple[CommandSpec, ...]:
        return self.specs

    async def is_hers(self, place: Place) -> bool:
        return place.channel_id in self.hers

    async def language(self, author: Author, place: Place) -> str:
        return "ko"

    async def state(self, key: str) -> dict[str, Any] | None:
        return self.states.get(key)

    async def save_state(self, key: str, value: dict[str, Any]) -> None:
        self.states[key] = value


def texts() -> Texts:
    """The adapter's own texts, with descriptions of the commands that these tests use."""
    loaded = Texts.load()
    wanted = [key for key in loaded.keys() if key.startswith(("discord.", "command.chat", "command_name.chat"))]  # noqa: SIM118
    korean = {key: loaded.get("ko", key) for key in wanted} | _DESCRIBED | _IN_KOREAN
    return Texts({"ko": korean, "en": {key: loaded.get("en", key) for key in wanted} | _DESCRIBED})


class DiscordRig:
    """Server, service and adapter; `restart` stands for a new process of the bot."""

    def __init__(self, *, message_content: bool = False, heartbeat_ms: int = 41250) -> None:
        self.server = DiscordServer(heartbeat_ms=heartbeat_ms)
        self.front = FakeFrontDesk()
        self.message_content = message_content
        self.later_s = 0.0  # how far the bot's clock is ahead
        self.adapter: DiscordAdapter | None = None

    async def __aenter__(self) -> Self:
        await self.server.__aenter__()
        self.guild = self.server.add_guild("샘올대학교")
        self.channel = self.server.add_channel(self.guild, "수다")
        self.mina = self.server.add_user("미나")
        self.joon = self.server.add_user("준")
        self.direct = self.server.direct_channel(self.mina)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        await self.server.__aexit__()

    def settings(self, **more: Any) -> Settings:
        values: dict[str, Any] = {
            "discord_token": SecretStr(self.server.token),
            "discord_api_base": self.server.api_base,
            "discord_gateway_url": None,
            "discord_message_content": self.message_content,
        }
        return Settings.model_construct(**(values | more))  # neither environment nor .env

    def now(self) -> datetime:
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.later_s, UTC)

    async def start(self) -> DiscordAdapter:
        """Start the bot and wait until it is connected."""
        adapter = self.prepare()
        await adapter.start()
        await self.server.connected()
        return adapter

    def prepare(self, **more: Any) -> DiscordAdapter:
        self.adapter = DiscordAdapter(self.settings(**more), self.front, texts(), secret=SECRET, now=self.now)
        return self.adapter

    async def stop(self) -> None:
        if self.adapter is not None:
            await self.adapter.stop()
            self.adapter = None

    async def restart(self) -> DiscordAdapter:
        await self.stop()
        return await self.start()

    async def taken(self, count: int = 1) -> list[IncomingMessage]:
        """Wait until the service has taken so many messages."""
        await self.server.until(lambda: len(self.front.taken) >= count)
        return self.front.taken

    async def heard(self) -> IncomingMessage:
        """Let Mina write to her directly, and return the message as the service got it."""
        count = len(self.front.taken)
        await self.server.say(self.direct, self.mina, "안녕")
        return (await self.taken(count + 1))[-1]


def outgoing(
    message: IncomingMessage, text: str = "응, 안녕!", *, kind: PartKind = "reply", **more: Any
) -> OutgoingMessage:
    """An answer to a message."""
    values: dict[str, Any] = {"picture": None, "nonce": NONCE, "first_try": True, "after": None} | more
    return OutgoingMessage(1, kind, message.place, message.author, text, route=message.route, **values)


def face(folder: Path, *, size: int = 0) -> Picture:
    """A picture file with its alt text."""
    path = folder / "face.png"
    path.write_bytes(PNG + b"\x00" * size)
    return Picture(path, "image/png", "크게 웃고 있는 오로라", 256, 256)
