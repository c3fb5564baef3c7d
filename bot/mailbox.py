"""Mailboxes: the turns of one conversation strictly in order, those of different conversations side by side.

The order lives in the database: `claim` hands out the oldest open row of a conversation, and nothing of a
conversation whose earlier row is still leased. So several processes may share one database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.chat import PlatformName
from bot.clock import Now
from bot.steps import OnStep, Step
from storage.database import Storage
from storage.records import InboxRecord

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """How many conversations are worked on at once, and how rows are leased."""

    owner: str  # names this process in the leases
    platforms: tuple[PlatformName, ...]
    side_by_side: int
    lease_s: float
    look_every_s: float = 0.5  # for rows that another process put there, and for leases that ran out


class Mailboxes:
    """Claims inbox rows and has each one processed, one at a time for each conversation."""

    def __init__(
        self,
        storage: Storage,
        process: Callable[[InboxRecord], Awaitable[None]],
        settings: MailboxSettings,
        now: Now,
        on_step: OnStep,
    ) -> None:
        self._storage = storage
        self._process = process
        self._settings = settings
        self._now = now
        self._on_step = on_step
        self._wake = asyncio.Event()
        self._stopping = False
        self._turns: dict[int, tuple[InboxRecord, asyncio.Task[None]]] = {}
        self._loops: list[asyncio.Task[None]] = []

    def wake(self) -> None:
        """Look for new rows now."""
        self._wake.set()

    @property
    def in_hand(self) -> int:
        """Count the turns being worked on."""
        return len(self._turns)

    async def start(self) -> None:
        """Begin to claim rows."""
        self._loops = [
            asyncio.create_task(self._claim_forever(), name="mailboxes"),
            asyncio.create_task(self._renew_forever(), name="leases"),
        ]

    async def stop(self, grace_s: float) -> None:
        """Claim no more, let the turns in hand finish within `grace_s`, then hand their rows back."""
        self._stopping = True
        self._wake.set()
        if self._loops:
            await self._loops[0]
        tasks = [task for _, task in self._turns.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=grace_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for loop in self._loops[1:]:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        async with self._storage.work() as work:
            await work.inbox.release(self._settings.owner)

    async def _claim_forever(self) -> None:
        while not self._stopping:
            self._wake.clear()
            room = self._settings.side_by_side - len(self._turns)
            claimed = await self._claim(room) if room > 0 else []
            for row in claimed:
                self._on_step(Step.CLAIMED, row.id)
                task = asyncio.create_task(self._run(row), name=f"turn-{row.id}")
                self._turns[row.id] = (row, task)
            if not claimed:
                try:
                    await asyncio.wait_for(self._wake.wait(), self._settings.look_every_s)
                except TimeoutError:
                    continue

    async def _claim(self, limit: int) -> list[InboxRecord]:
        try:
            async with self._storage.work() as work:
                return await work.inbox.claim(
                    owner=self._settings.owner,
                    platforms=self._settings.platforms,
                    now=self._now(),
                    lease_s=self._settings.lease_s,
                    limit=limit,
                )
        except Exception as error:  # the database may be away for a moment; messages wait in it
            log.error("claim_failed", error=type(error).__name__)
            await asyncio.sleep(self._settings.look_every_s)
            return []

    async def _run(self, row: InboxRecord) -> None:
        try:
            await self._process(row)
        except Exception as error:
            # The worker settles what a message can cause; what comes here is the service's own trouble (the database,
            # say). The lease runs out and the row is claimed again.
            log.error("turn_interrupted", inbox_id=row.id, error=type(error).__name__)
        finally:
            self._turns.pop(row.id, None)
            self._wake.set()

    async def _renew_forever(self) -> None:
        while True:
            await asyncio.sleep(self._settings.lease_s / 3)
            if self._turns:
                until = self._now() + timedelta(seconds=self._settings.lease_s)
                try:
                    async with self._storage.work() as work:
                        await work.inbox.renew(tuple(self._turns), self._settings.owner, until)
                except Exception as error:  # tried again at the next third of the lease
                    log.error("renew_failed", error=type(error).__name__)
