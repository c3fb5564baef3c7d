"""The loopback Discord as tests use it: start it, script it, look at what the bot did."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Self

from aiohttp import web

from tests.e2e.discord_server.gateway import MESSAGE_CONTENT, Gateway
from tests.e2e.discord_server.rest import LARGEST_BODY, Call, Fault, Rest
from tests.e2e.discord_server.world import (
    ALL_RIGHTS,
    Channel,
    Guild,
    Interaction,
    Json,
    SentFile,
    Snowflakes,
    User,
    attachment_json,
    member_json,
    message_json,
    new_token,
)


class DiscordServer:
    """One Discord with one bot; `async with DiscordServer() as server`."""

    def __init__(self, *, token: str = "loopback.bot.token", heartbeat_ms: int = 41250) -> None:
        self.token = token
        self._ids = Snowflakes()
        self.bot = User(self.new_id(), "Oh-LoRA", bot=True)
        self.application_id = self.bot.id
        self.content_intent = False  # whether the developer portal grants Message Content
        self.history_has_nonce = False
        self.remembers_nonces = True  # Discord does for a few minutes
        self.hides_history = False
        self.refuse_replies = False  # as in channels whose history the bot may not read
        self.session_starts = 1000
        self.guilds: list[Guild] = []
        self.commands: list[Json] = []
        self.typings: list[int] = []
        self.uploads: dict[str, SentFile] = {}
        self.interactions: list[Interaction] = []
        self._direct: list[Channel] = []
        self.gateway = Gateway(self, heartbeat_ms)
        self.rest = Rest(self)
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LARGEST_BODY)
        app.add_routes([web.get("/gateway/", self.gateway.serve), *self.rest.routes("/api/v10")])
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_base(self) -> str:
        return f"http://127.0.0.1:{self._port}/api"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/gateway/"

    # The world

    def new_id(self, *, at: datetime | None = None) -> int:
        return self._ids.next(at=at)

    def add_user(self, name: str, *, bot: bool = False) -> User:
        return User(self.new_id(), name, bot)

    def add_guild(self, name: str, *, granted: int = ALL_RIGHTS) -> Guild:
        guild = Guild(self.new_id() & ~1, name, granted)
        self.guilds.append(guild)
        return guild

    def add_channel(self, guild: Guild, name: str, *, parent: Channel | None = None) -> Channel:
        channel = Channel(self.new_id(), name, guild.id, parent_id=parent.id if parent else None)
        guild.channels.append(channel)
        return channel

    def direct_channel(self, user: User) -> Channel:
        for channel in self._direct:
            if channel.recipient == user:
                return channel
        channel = Channel(self.new_id(), "", None, recipient=user)
        self._direct.append(channel)
        return channel

    def channel(self, channel_id: int) -> Channel | None:
        everywhere = [*self._direct, *(channel for guild in self.guilds for channel in guild.channels)]
        return next((each for each in everywhere if each.id == channel_id), None)

    def interaction(self, token: str) -> Interaction | None:
        return next((each for each in self.interactions if each.token == token), None)

    # What people do

    async def say(
        self,
        channel: Channel,
        author: User,
        text: str,
        *,
        mentions: Sequence[User] = (),
        reply_to: Json | None = None,
        **more: Any,
    ) -> Json:
        """Write a message; returns it as the server keeps it."""
        message = message_json(
            self.new_id(), channel, author, text, mentions=[self._mentioned(user, channel) for user in mentions], **more
        )
        if reply_to is not None:
            message |= {
                "type": 19,
                "message_reference": {"message_id": reply_to["id"], "channel_id": str(channel.id)},
                "referenced_message": reply_to,
            }
        channel.messages.append(message)
        await self.announce(message)
        return message

    async def announce(self, message: Json) -> None:
        """Send a message's event: again, if it was sent before."""

        def contents(intents: int) -> Json:
            mentioned = any(user["id"] == str(self.bot.id) for user in message["mentions"])
            hers = message["author"]["id"] == str(self.bot.id)
            if intents & MESSAGE_CONTENT or mentioned or hers or "guild_id" not in message:
                return message
            return message | {"content": "", "attachments": [], "embeds": []}

        await self.gateway.dispatch("MESSAGE_CREATE", message, contents)

    async def slash(
        self,
        channel: Channel,
        user: User,
        name: str,
        options: dict[str, Any] | None = None,
        *,
        permissions: int = 0,
        locale: str = "ko",
    ) -> Interaction:
        """Give a slash command."""
        made = Interaction(self.new_id(), new_token(), channel, user)
        self.interactions.append(made)
        await self.announce_interaction(made, name, options or {}, permissions, locale)
        return made

    async def click(
        self, message: Json, user: User, label: str, *, permissions: int = 0, locale: str = "ko"
    ) -> Interaction:
        """Click the button of a message whose label holds `label`."""
        buttons = [button for row in message["components"] for button in row["components"]]
        [custom_id] = [button["custom_id"] for button in buttons if label in button["label"]]
        return await self.click_id(message, user, custom_id, permissions=permissions, locale=locale)

    async def click_id(
        self, message: Json, user: User, custom_id: str, *, permissions: int = 0, locale: str = "ko"
    ) -> Interaction:
        """Click a button by its id, whether the message has it or not."""
        channel = self.channel(int(message["channel_id"]))
        assert channel is not None
        made = Interaction(self.new_id(), new_token(), channel, user, clicked=message)
        self.interactions.append(made)
        data = {"custom_id": custom_id, "component_type": 2, "id": 1}
        payload = self._interaction_json(made, data, permissions, locale)
        await self.gateway.dispatch("INTERACTION_CREATE", payload | {"type": 3, "message": message})
        return made

    async def announce_interaction(
        self, made: Interaction, name: str, options: dict[str, Any], permissions: int = 0, locale: str = "ko"
    ) -> None:
        """Send the event of a slash command: again, if it was sent before."""
        data: Json = {
            "id": "1",
            "name": name,
            "type": 1,
            "options": [
                {"name": key, "type": 11 if isinstance(value, dict) else 3, "value": self._given(value)}
                for key, value in options.items()
            ],
        }
        files = {self._given(value): value for value in options.values() if isinstance(value, dict)}
        data["resolved"] = {"attachments": files}
        await self.gateway.dispatch("INTERACTION_CREATE", self._interaction_json(made, data, permissions, locale))

    def upload(self, file: SentFile) -> Json:
        """Return a file as a person's client attaches it to a command."""
        attachment = attachment_json(self.new_id(), file, "image/png")
        attachment["url"] = f"http://127.0.0.1:{self._port}/attachments/{attachment['id']}/{file.name}"
        self.uploads[attachment["id"]] = file
        return attachment

    @staticmethod
    def _given(value: Any) -> Any:
        return value["id"] if isinstance(value, dict) else value

    def _interaction_json(self, made: Interaction, data: Json, permissions: int, locale: str) -> Json:
        payload: Json = {
            "id": str(made.id),
            "application_id": str(self.application_id),
            "type": 2,
            "token": made.token,
            "version": 1,
            "locale": locale,
            "attachment_size_limit": 10485760,
            "entitlements": [],
            "authorizing_integration_owners": {},
            "app_permissions": str(ALL_RIGHTS),
            "channel": made.channel.json(),
            "channel_id": str(made.channel.id),
            "data": data,
        }
        if made.channel.guild_id is None:
            payload["user"] = made.user.json()
        else:
            payload |= {
                "guild_id": str(made.channel.guild_id),
                "guild_locale": "ko",
                "member": member_json(permissions) | {"user": made.user.json()},
            }
        return payload

    # What goes wrong

    async def drop_gateway(self) -> None:
        """Break the gateway connection as a bad line does; the session can be resumed."""
        await self.gateway.drop()

    def rate_limit_next(self, method: str, path: str, retry_after_s: float, *, times: int = 1) -> None:
        """Answer the next fitting calls with 429."""
        body = {"message": "You are being rate limited.", "retry_after": retry_after_s, "global": False}
        self.rest.faults.append(Fault(method, re.compile(path), times, 429, body, after_work=False))

    def fail_next(self, method: str, path: str, status: int = 500, *, times: int = 1, after_work: bool = False) -> None:
        """Answer the next fitting calls with an error; with `after_work` the call took effect all the same."""
        body = {"message": "error", "code": 0}
        self.rest.faults.append(Fault(method, re.compile(path), times, status, body, after_work))

    # What the bot did

    @property
    def calls(self) -> list[Call]:
        return self.rest.calls

    @property
    def sent(self) -> list[Json]:
        """Return every message of the bot that stands in a channel, oldest first."""
        channels = [*self._direct, *(channel for guild in self.guilds for channel in guild.channels)]
        hers = [each for channel in channels for each in channel.messages if each["author"]["id"] == str(self.bot.id)]
        return sorted(hers, key=lambda message: int(message["id"]))

    def calls_of(self, method: str, path: str) -> list[Call]:
        return [call for call in self.calls if call.method == method and re.search(path, call.path)]

    async def until(self, true: Callable[[], object], timeout_s: float = 10.0) -> None:
        """Wait until something is true."""
        async with asyncio.timeout(timeout_s):
            while not true():
                await asyncio.sleep(0.01)

    async def connected(self) -> None:
        """Wait until the bot has a live session."""
        await self.until(lambda: any(session.socket is not None for session in self.gateway.sessions.values()))

    @staticmethod
    def _mentioned(user: User, channel: Channel) -> Json:
        return user.json() if channel.guild_id is None else user.json() | {"member": member_json()}
