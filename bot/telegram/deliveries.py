"""Deliveries from the outbox: each logical message is sent once, and at most once more when no answer came.

Telegram has no idempotency key and shows a bot no history. What is known here is therefore kept: which parts of a
message are out, which messages are done, and whether an earlier try may have arrived. A try that may have arrived is
repeated once; a second one is not, so that a message is shown at most twice.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

import structlog
from telegram.error import ChatMigrated, TelegramError

from bot.chat import Delivered, DeliveryDelayed, DeliveryRefused, OutgoingMessage, RouteValue
from bot.telegram.chat_address import ChatAddress, address_of
from bot.telegram.failures import may_have_arrived, outcome_of
from bot.telegram.sender import Sender
from bot.telegram.steps import steps_of

_KEPT = 2048

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Progress:
    """How far a logical message is."""

    after_restart: bool  # another process tried before this one, and how far it came is unknown
    perhaps_shown: bool  # an earlier try of the next step may have arrived
    steps_done: int = 0
    message_ids: list[int] = field(default_factory=list)
    receipt: Delivered | None = None


class Deliveries:
    """Delivers logical messages through a sender and remembers how far each one is."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._progress: OrderedDict[int, Progress] = OrderedDict()
        self._in_hand: set[asyncio.Future[None]] = set()

    async def deliver(self, message: OutgoingMessage) -> Delivered:
        """Send what is not out yet of a logical message and return its receipt.

        Raises:
            DeliveryRefused: Telegram will never take it, or two tries may have arrived already.
            DeliveryDelayed: try again later.
        """
        done = asyncio.get_running_loop().create_future()
        self._in_hand.add(done)
        try:
            return await self._deliver(message)
        finally:
            self._in_hand.discard(done)
            done.set_result(None)

    async def finish(self, grace_s: float) -> None:
        """Wait until nothing is being sent, at most `grace_s` seconds."""
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=grace_s)

    async def _deliver(self, message: OutgoingMessage) -> Delivered:
        progress = self._begin(message)
        if progress.receipt is not None:
            return progress.receipt
        address = address_of(message)
        steps = steps_of(message)
        try:
            for step in steps[progress.steps_done :]:
                to = address if not progress.message_ids else ChatAddress(address.chat_id, address.topic)
                sent = await self._sender.send(step, to)
                progress.steps_done += 1
                progress.perhaps_shown = progress.after_restart
                if sent is not None:
                    progress.message_ids.append(sent)
        except TelegramError as error:
            raise self._failure(error, message, progress) from None
        if not progress.message_ids:
            raise DeliveryRefused("nothing of this message can be sent to this chat; look at her rights there")
        progress.receipt = Delivered(_receipt(address, progress.message_ids))
        return progress.receipt

    def _begin(self, message: OutgoingMessage) -> Progress:
        progress = self._progress.get(message.outbox_id)
        if progress is None:
            # Not the first try, and this process knows of none: the one before it may have died waiting for the answer.
            progress = Progress(after_restart=not message.first_try, perhaps_shown=not message.first_try)
            self._progress[message.outbox_id] = progress
            while len(self._progress) > _KEPT:
                self._progress.popitem(last=False)
        return progress

    def _failure(
        self, error: TelegramError, message: OutgoingMessage, progress: Progress
    ) -> DeliveryRefused | DeliveryDelayed:
        outcome: DeliveryRefused | DeliveryDelayed = outcome_of(error)
        if may_have_arrived(error):
            if progress.perhaps_shown:
                outcome = DeliveryRefused("two tries went unanswered; not sent a third time, it may be shown already")
            progress.perhaps_shown = True
        if isinstance(error, ChatMigrated):
            _log.warning("telegram.group_migrated", old_chat=message.place.space_id, new_chat=error.new_chat_id)
        _log.warning(
            "telegram.delivery_failed",
            outbox_id=message.outbox_id,
            refused=isinstance(outcome, DeliveryRefused),
            reason=str(outcome),
        )
        return outcome


def _receipt(address: ChatAddress, message_ids: list[int]) -> dict[str, RouteValue]:
    """Return the receipt: the first message is the one that a later face answers."""
    return {"chat_id": address.chat_id, "message_id": message_ids[0], "last_message_id": message_ids[-1]}
