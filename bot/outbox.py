"""The outbox: sends what was committed, in order within a conversation, and marks it sent.

A row is marked as being sent before the request leaves. When the process dies between request and mark, the next one
finds the row so marked and tells the adapter to look first (`first_try` is False).
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import structlog

from bot.chat import ChatAdapter, DeliveryDelayed, DeliveryRefused, OutgoingMessage, PartKind, Picture
from bot.chat_json import author_from, button_from, place_from
from bot.clock import Now
from bot.steps import OnStep, Step
from storage.database import Storage
from storage.records import OutboxRecord

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 0.2  # held replies fall due by time alone
SIDE_BY_SIDE = 16  # conversations sent to at the same time
LONGEST_RETRY_S = 60.0
ATTEMPTS = 20
SENDING_FOR = timedelta(minutes=5)  # another process may take a row over after this


class OutboxSender:
    """Sends the outbox rows of one platform through its adapter."""

    def __init__(self, storage: Storage, adapter: ChatAdapter, now: Now, on_step: OnStep) -> None:
        self._storage = storage
        self._adapter = adapter
        self._now = now
        self._on_step = on_step
        self._wake = asyncio.Event()
        self._sending: dict[int, asyncio.Task[None]] = {}  # by conversation
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False

    def wake(self) -> None:
        """Look for rows to send now."""
        self._wake.set()

    async def start(self) -> None:
        """Begin to send; rows that a former process left half sent are due again at once."""
        async with self._storage.work() as work:
            await work.outbox.recover(self._adapter.platform)
        self._loop = asyncio.create_task(self._send_forever(), name=f"outbox-{self._adapter.platform}")

    async def stop(self, grace_s: float) -> None:
        """Send what is due within `grace_s`, then stop; the rest stays in the outbox."""
        self._stopping = True
        self._wake.set()
        if self._loop is not None:
            await self._loop
        tasks = list(self._sending.values())
        if tasks:
            await asyncio.wait(tasks, timeout=grace_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _send_forever(self) -> None:
        while not self._stopping:
            self._wake.clear()
            for row in await self._due():
                if row.conversation_id not in self._sending:
                    task = asyncio.create_task(self._send(row), name=f"send-{row.id}")
                    self._sending[row.conversation_id] = task
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_S)
            except TimeoutError:
                continue

    async def _due(self) -> list[OutboxRecord]:
        try:
            async with self._storage.read() as work:
                return await work.outbox.due(self._adapter.platform, self._now(), SIDE_BY_SIDE * 2)
        except Exception as error:  # the database may be away for a moment
            log.error("outbox_unreadable", platform=self._adapter.platform, error=type(error).__name__)
            return []

    async def _send(self, row: OutboxRecord) -> None:
        try:
            message = await self._begin(row)
            if message is not None:
                await self._deliver(row, message)
        except Exception as error:
            log.error("outbox_row_failed", outbox_id=row.id, error=type(error).__name__)
            await self._later(row, type(error).__name__, 1.0)
        finally:
            self._sending.pop(row.conversation_id, None)
            self._wake.set()

    async def _begin(self, row: OutboxRecord) -> OutgoingMessage | None:
        """Mark the row as being sent and read what it holds at that moment (a face may just have joined it)."""
        async with self._storage.work() as work:
            current = await work.outbox.mark_sending(row.id, self._now(), self._now() + SENDING_FOR)
            if current is None:
                return None
            picture = None
            if current.image_id is not None:
                image = await work.images.get(current.image_id)
                if image is not None:
                    picture = Picture(Path(image.path), image.mime, image.alt_text, image.width, image.height)
        kind: PartKind = "reply"
        if current.kind == "reply":
            kind = "reply" if picture else "text"
        elif current.kind == "face":
            kind = "face"
        else:
            kind = "notice"
        return OutgoingMessage(
            outbox_id=current.id,
            kind=kind,
            place=place_from(current.place),
            author=author_from(current.author),
            text=current.text,
            picture=picture,
            nonce=current.nonce,
            route=current.route,
            first_try=current.attempts == 1,
            after=current.after_receipt,
            buttons=tuple(button_from(button) for button in current.buttons or ()),
        )

    async def _deliver(self, row: OutboxRecord, message: OutgoingMessage) -> None:
        self._on_step(Step.SENDING, row.id)
        try:
            delivered = await self._adapter.deliver(message)
        except DeliveryRefused as refusal:
            log.warning("delivery_refused", outbox_id=row.id, reason=str(refusal))
            async with self._storage.work() as work:
                await work.outbox.mark_failed(row.id, str(refusal), self._now())
            return
        except DeliveryDelayed as delay:
            await self._later(row, str(delay), delay.retry_after_s)
            return
        self._on_step(Step.SENT, row.id)
        async with self._storage.work() as work:
            await work.outbox.mark_sent(row.id, dict(delivered.receipt), self._now())
        self._on_step(Step.DELIVERED, row.id)

    async def _later(self, row: OutboxRecord, reason: str, retry_after_s: float) -> None:
        log.info("delivery_delayed", outbox_id=row.id, reason=reason, retry_after_s=retry_after_s)
        async with self._storage.work() as work:
            if row.attempts + 1 >= ATTEMPTS:
                await work.outbox.mark_failed(row.id, reason, self._now())
            else:
                wait_s = min(max(retry_after_s, 0.1), LONGEST_RETRY_S)
                await work.outbox.retry_at(row.id, self._now() + timedelta(seconds=wait_s))
