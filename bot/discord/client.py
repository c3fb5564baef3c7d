"""One logged-in Discord client: its intents, its addresses, and the events it passes on."""

from __future__ import annotations

import sys
from typing import Any, Protocol

import discord
import structlog
from discord.state import AutoShardedConnectionState

from bot.discord.endpoints import EndpointHTTPClient, Endpoints
from bot.discord.traces import trace_of

LONGEST_WAIT_FOR_LIMIT_S = 60.0  # a longer rate limit goes back to the outbox instead of holding a sender
QUIET_BEFORE_READY_S = 1.0  # servers come within moments of each other; messages of known channels wait for this

_log = structlog.get_logger(__name__)


class Listener(Protocol):
    """Who hears a client's events."""

    async def connected(self, client: OhLoraClient, shard_id: int) -> None:
        """Hear that a shard began a new session; events may have been missed before it."""

    async def ready(self, client: OhLoraClient, shard_id: int) -> None:
        """Hear that a shard knows its servers and channels."""

    async def message(self, client: OhLoraClient, message: discord.Message) -> None:
        """Hear a message."""

    async def interaction(self, client: OhLoraClient, interaction: discord.Interaction[Any]) -> None:
        """Hear a slash command or a click."""


def intents(*, message_content: bool) -> discord.Intents:
    """Return what she listens to: servers, their messages and direct messages; contents only where it is set."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    wanted.message_content = message_content
    return wanted


class OhLoraClient(discord.AutoShardedClient):
    """A client without member and message caches, which pings nobody and passes its events to one listener."""

    def __init__(self, endpoints: Endpoints, listener: Listener, *, message_content: bool) -> None:
        self._endpoints = endpoints
        self._listener = listener
        super().__init__(
            intents=intents(message_content=message_content),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=QUIET_BEFORE_READY_S,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_WAIT_FOR_LIMIT_S,
        )

    def _get_state(self, **options: Any) -> AutoShardedConnectionState[Any]:
        # The library's own hook for the parts of a client: the HTTP client must be ours before the state takes it.
        self.http = EndpointHTTPClient(
            self._endpoints, self.loop, max_ratelimit_timeout=LONGEST_WAIT_FOR_LIMIT_S, unsync_clock=True
        )
        return super()._get_state(**options)

    @property
    def hears_all(self) -> bool:
        """Tell whether she reads messages that do not mention her."""
        return self.intents.message_content

    @property
    def own_id(self) -> int:
        """Return her user id; 0 before login."""
        return self.user.id if self.user else 0

    def shard_of(self, guild_id: int | None) -> int:
        """Return the shard that carries a server's events; direct messages come by shard 0."""
        return 0 if guild_id is None else (guild_id >> 22) % (self.shard_count or 1)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Pass on that a session began."""
        await self._listener.connected(self, shard_id)

    async def on_shard_ready(self, shard_id: int) -> None:
        """Pass on that a shard is ready."""
        await self._listener.ready(self, shard_id)

    async def on_message(self, message: discord.Message) -> None:
        """Pass on a message."""
        await self._listener.message(self, message)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Pass on a slash command or a click."""
        await self._listener.interaction(self, interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log what went wrong in an event, without what was written in it."""
        error = sys.exc_info()[1]
        _log.error("a Discord event failed", discord_event=event_method, error=trace_of(error) if error else None)
