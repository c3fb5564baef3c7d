"""Keeps the seen channels in the service's durable state, without a write for every message."""

from __future__ import annotations

import asyncio

import structlog

from bot.chat import FrontDesk
from bot.discord.seen import SeenChannels
from bot.discord.traces import trace_of

STATE_KEY = "discord.seen"
PAUSE_S = 2.0  # between two writes

_log = structlog.get_logger(__name__)


class SeenKeeper:
    """Loads, changes and saves the seen channels.

    A crash may lose the last moments before it: then messages are fetched again, and the inbox knows them.
    """

    def __init__(self, front: FrontDesk, pause_s: float = PAUSE_S) -> None:
        self.channels = SeenChannels()
        self._front = front
        self._pause_s = pause_s
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Read the durable state, and begin to keep it."""
        self.channels.load(await self._front.state(STATE_KEY))
        self._task = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """Save what is not saved yet, and end."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._changed.is_set():
            await self._save()

    def note(self, channel_id: int, guild_id: int | None, message_id: int) -> None:
        """Note a message that is dealt with."""
        self.channels.note(channel_id, guild_id, message_id)
        self._changed.set()

    def hold(self, channel_id: int, guild_id: int | None, message_id: int) -> None:
        """Note a message that could not be taken and must be fetched again."""
        self.channels.hold(channel_id, guild_id, message_id)
        self._changed.set()

    async def _keep(self) -> None:
        while True:
            await self._changed.wait()
            await self._save()
            await asyncio.sleep(self._pause_s)

    async def _save(self) -> None:
        self._changed.clear()
        try:
            await self._front.save_state(STATE_KEY, self.channels.to_state())
        except Exception as error:  # the state is a convenience: talking goes on without it
            self._changed.set()
            _log.warning("the seen channels could not be saved", error=trace_of(error))
