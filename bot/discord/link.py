"""The standing connection to Discord: log in, connect, and begin again when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import discord
import structlog

from bot.discord.client import Listener, OhLoraClient
from bot.discord.endpoints import Endpoints
from bot.discord.traces import trace_of
from bot.errors import BotError

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
BAD_TOKEN = "Discord refuses the token; copy a fresh one from the developer portal into OHLORA_DISCORD_TOKEN"  # noqa: S105
_REFUSED_FOR_GOOD = frozenset({4004, 4010, 4011, 4012, 4013})  # close codes: token, shards, version, intents

_log = structlog.get_logger(__name__)


class Link:
    """Keeps one client logged in and connected until it is closed."""

    def __init__(
        self,
        token: str,
        endpoints: Endpoints,
        listener: Listener,
        *,
        message_content: bool,
        logged_in: Callable[[OhLoraClient], Awaitable[None]],
        ended: Callable[[], None],
    ) -> None:
        self._token = token
        self._endpoints = endpoints
        self._listener = listener
        self._message_content = message_content
        self._logged_in = logged_in
        self._ended = ended
        self._client: OhLoraClient | None = None
        self._task: asyncio.Task[None] | None = None
        self._first_login = asyncio.Event()

    @property
    def client(self) -> OhLoraClient | None:
        """Return the client that is logged in now."""
        return self._client

    async def open(self, patience_s: float) -> None:
        """Begin; return when she is logged in, or after a while when Discord cannot be reached yet.

        Raises:
            BotError: Discord refuses the token.
        """
        self._task = asyncio.create_task(self._keep_up())
        logged_in = asyncio.create_task(self._first_login.wait())
        try:
            await asyncio.wait({self._task, logged_in}, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            logged_in.cancel()
        if self._task.done():
            await self._task

    async def close(self) -> None:
        """Disconnect and end."""
        if self._client is not None:
            await self._client.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._client = None

    async def _keep_up(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                if await self._session():
                    pause_s = FIRST_PAUSE_S
                    continue
            except discord.LoginFailure as error:
                _log.error(BAD_TOKEN)
                raise BotError(BAD_TOKEN) from error
            except discord.ConnectionClosed as error:
                if error.code in _REFUSED_FOR_GOOD:
                    _log.error("Discord closes the gateway for good", close_code=error.code)
                    raise BotError(f"Discord closes the gateway (code {error.code}); check the bot's token") from error
                _log.warning("the gateway closed", close_code=error.code)
            except discord.PrivilegedIntentsRequired:
                self._go_without_contents()
                continue
            except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
                _log.warning("Discord cannot be reached; trying again", error=type(error).__name__, pause_s=pause_s)
            except Exception as error:
                _log.error("the Discord session failed; trying again", error=trace_of(error), pause_s=pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _session(self) -> bool:
        """Run one client from login to its end; tell whether to begin again at once."""
        client = OhLoraClient(self._endpoints, self._listener, message_content=self._message_content)
        try:
            async with client:
                await client.login(self._token)
                if self._message_content and not may_read_contents(client.application_flags):
                    self._go_without_contents()
                    return True
                self._client = client
                await self._logged_in(client)
                self._first_login.set()
                await client.connect(reconnect=True)
        finally:
            self._client = None
            self._ended()
        return False

    def _go_without_contents(self) -> None:
        self._message_content = False
        _log.error(
            "OHLORA_DISCORD_MESSAGE_CONTENT is set, but Message Content Intent is off; "
            "switch it on in the developer portal under Bot, then restart; until then she answers mentions only"
        )


def may_read_contents(flags: discord.ApplicationFlags) -> bool:
    """Tell whether the application may read messages that do not mention it."""
    return flags.gateway_message_content or flags.gateway_message_content_limited
