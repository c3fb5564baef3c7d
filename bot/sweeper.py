"""The nightly sweep: texts and pictures that were kept long enough go, and so does what an erasure could not reach."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Now
from bot.pictures import PictureStore
from storage.database import Storage

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
LOOK_EVERY_S = 3600.0
STATE = "sweeper"


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days texts and pictures are kept; 0 keeps them until their person erases them."""

    text_days: int
    picture_days: int


class Sweeper:
    """Sweeps once a day, however often the service is started."""

    def __init__(self, storage: Storage, pictures: PictureStore, retention: Retention, now: Now) -> None:
        self._storage = storage
        self._pictures = pictures
        self._retention = retention
        self._now = now
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to sweep in the background."""
        self._loop = asyncio.create_task(self._sweep_forever(), name="sweeper")

    async def stop(self) -> None:
        """Stop sweeping."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)

    async def sweep_if_due(self) -> None:
        """Sweep when the last time is a day ago."""
        async with self._storage.read() as work:
            state = await work.states.get(STATE)
        if state is not None and self._now() - datetime.fromisoformat(state["at"]) < EVERY:
            return
        log.info("swept", pictures=await self.sweep())
        async with self._storage.work() as work:
            await work.states.put(STATE, {"at": self._now().isoformat()})

    async def sweep(self) -> int:
        """Sweep now; return how many pictures went."""
        async with self._storage.work() as work:
            paths = await work.retention.sweep(
                self._before(self._retention.text_days), self._before(self._retention.picture_days)
            )
        await self._pictures.remove(paths)
        await self._storage.checkpoint()
        return len(paths)

    def _before(self, days: int) -> datetime | None:
        return self._now() - timedelta(days=days) if days else None

    async def _sweep_forever(self) -> None:
        while True:
            try:
                await self.sweep_if_due()
            except Exception as error:  # it is tried again in an hour
                log.error("sweep_failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_S)
