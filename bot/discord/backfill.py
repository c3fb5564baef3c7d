"""Messages of a gateway gap: a session that could not be resumed, or the time the bot was off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import aiohttp
import discord
import structlog

from bot.discord.client import OhLoraClient
from bot.discord.lanes import Lanes
from bot.discord.seen import SeenChannel, SeenChannels

MOST_CHANNELS = 50
MOST_MESSAGES = 200  # of one channel
LONGEST_GAP = timedelta(hours=24)  # an answer after a longer time would puzzle more than help
AT_ONCE = 4
LONGEST_S = 60.0

_log = structlog.get_logger(__name__)

Handle = Callable[[discord.Message], Awaitable[None]]


class Backfill:
    """Holds the known channels of a shard back when its session begins, and fetches what they missed."""

    def __init__(self, seen: SeenChannels, lanes: Lanes, now: Callable[[], datetime]) -> None:
        self._seen = seen
        self._lanes = lanes
        self._now = now
        self._waiting: dict[int, list[SeenChannel]] = {}

    def begin(self, client: OhLoraClient, shard_id: int) -> None:
        """Hold the known channels of a shard back; at once, so that no live message overtakes a missed one."""
        self._let_go(shard_id)
        channels = [each for each in self._seen.latest(MOST_CHANNELS) if client.shard_of(each.guild_id) == shard_id]
        for channel in channels:
            self._lanes.close_gate(channel.channel_id)
        self._waiting[shard_id] = channels

    async def fill(self, client: OhLoraClient, shard_id: int, handle: Handle) -> None:
        """Hand over what the shard's channels missed, each in its order, then let them go on."""
        channels = self._waiting.pop(shard_id, [])
        at_once = asyncio.Semaphore(AT_ONCE)

        async def one(channel: SeenChannel) -> None:
            try:
                async with at_once, asyncio.timeout(LONGEST_S):
                    await self._fill_channel(client, channel, handle)
            except (TimeoutError, discord.DiscordException, aiohttp.ClientError, OSError) as error:
                _log.warning("a channel's gap is not filled", channel_id=channel.channel_id, error=type(error).__name__)
            finally:
                self._lanes.open_gate(channel.channel_id)

        await asyncio.gather(*(one(channel) for channel in channels))

    def abandon(self) -> None:
        """Let every channel go on: the session ended before its gap could be filled."""
        for shard_id in list(self._waiting):
            self._let_go(shard_id)

    def _let_go(self, shard_id: int) -> None:
        for channel in self._waiting.pop(shard_id, []):
            self._lanes.open_gate(channel.channel_id)

    async def _fill_channel(self, client: OhLoraClient, channel: SeenChannel, handle: Handle) -> None:
        try:
            missed = await self._missed(client, channel)
        except (discord.Forbidden, discord.NotFound):
            self._seen.forget(channel.channel_id)
            return
        self._seen.release(channel.channel_id)
        if missed:
            _log.info("filling a gap", channel_id=channel.channel_id, messages=len(missed))
        for message in missed:
            await handle(message)

    async def _missed(self, client: OhLoraClient, channel: SeenChannel) -> Sequence[discord.Message]:
        earliest = discord.utils.time_snowflake(self._now() - LONGEST_GAP)
        after = discord.Object(max(channel.last_id, earliest))
        source = await _readable(client, channel)
        return [message async for message in source.history(limit=MOST_MESSAGES, after=after, oldest_first=True)]


async def _readable(client: OhLoraClient, channel: SeenChannel) -> discord.abc.Messageable:
    if channel.guild_id is None:
        return client.get_partial_messageable(channel.channel_id)
    # Only a real channel knows its server; threads that were quiet for long must be asked for.
    found = client.get_channel(channel.channel_id) or await client.fetch_channel(channel.channel_id)
    if isinstance(found, discord.abc.Messageable):
        return found
    return client.get_partial_messageable(channel.channel_id, guild_id=channel.guild_id)
