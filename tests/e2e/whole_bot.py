"""The whole bot on a loopback platform, and what people do there in one line each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import App, open_app
from bot.platforms import configured_adapters
from bot.settings import Settings
from tests.e2e.discord_server import DiscordServer
from tests.e2e.discord_server.world import Channel, Interaction, Json, User
from tests.e2e.telegram_server import ChatRecord, Sent, TelegramServer, UserRecord
from tests.fakes import FakeEngine, FakeLoadedEngine

MANAGE_GUILD = 1 << 5
SECRET = "a secret key for the tests, long enough"


@asynccontextmanager
async def whole_bot(
    folder: Path, discord: DiscordServer | None = None, telegram: TelegramServer | None = None, **settings: object
) -> AsyncIterator[App]:
    """Run the bot on the given servers; with the same folder it is the same bot, started again."""

    async def load(_: Settings) -> FakeLoadedEngine:
        return FakeLoadedEngine(FakeEngine())

    values: dict[str, object] = {
        "data_dir": folder, "web_enabled": False, "stop_grace_s": 2.0, "face_grace_s": 5.0, "secret_key": SECRET,
    }  # fmt: skip
    if discord is not None:
        values |= {"discord_token": discord.token, "discord_api_base": discord.api_base}
        values |= {"discord_gateway_url": discord.gateway_url}
    if telegram is not None:
        values |= {"telegram_token": telegram.token, "telegram_base_url": telegram.base_url}
    configured = Settings(_env_file=None, **(values | settings))  # type: ignore[arg-type]
    async with open_app(configured, load, configured_adapters) as app:
        if discord is not None:
            await discord.connected()
        yield app


@dataclass
class OnDiscord:
    """What people do on Discord, and what they see of it."""

    server: DiscordServer

    async def say(self, channel: Channel, user: User, text: str) -> Json:
        """Say something to her and return what she says to it (the first message)."""
        seen = len(self.server.sent)
        mention = f"<@{self.server.bot.id}> " if channel.guild_id is not None else ""
        await self.server.say(channel, user, mention + text, mentions=[self.server.bot] if mention else [])
        await self.server.until(lambda: len(self.server.sent) > seen)
        return self.server.sent[seen]

    async def command(
        self, channel: Channel, user: User, name: str, options: dict[str, Any] | None = None, permissions: int = 0,
        locale: str = "ko",
    ) -> Interaction:  # fmt: skip
        """Give a command and wait for its answer."""
        given = await self.server.slash(channel, user, name, options, permissions=permissions, locale=locale)
        await self.server.until(lambda: given.answered)
        return given

    async def click(self, message: Json, user: User, label: str, permissions: int = 0) -> str:
        """Click a button; return what the clicker sees: the answer, or the message as it was changed."""
        before = message["content"], message["components"], message["attachments"]
        given = await self.server.click(message, user, label, permissions=permissions)

        def seen() -> bool:
            changed = (message["content"], message["components"], message["attachments"]) != before
            return changed or bool(given.answers)

        await self.server.until(seen)
        return str(given.answers[0]["content"] if given.answers else message["content"])


@dataclass
class OnTelegram:
    """What people do on Telegram, and what they see of it."""

    server: TelegramServer

    async def say(self, chat: ChatRecord, user: UserRecord, text: str, **more: Any) -> Sent:
        """Say something to her and return what she says to it (the first message)."""
        seen = len(self.server.sent)
        await self.server.say(chat, user, text, **more)
        await self.server.wait_until(lambda: len(self.server.sent) > seen, 10)
        return self.server.sent[seen]

    async def click(self, chat: ChatRecord, user: UserRecord, message_id: int, label: str) -> str:
        """Click a button; return the alert it gave, "" for none."""
        click_id = await self.server.click(chat, user, message_id, label)
        await self.server.wait_until(lambda: click_id in self.server.click_answers, 10)
        return self.server.click_answers[click_id]

    def shown(self, chat: ChatRecord, message_id: int) -> str:
        """Return a message as it stands now."""
        message = chat.messages[message_id]
        return str(message.get("text") or message.get("caption") or "")
