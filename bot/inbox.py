"""The inbox: a message counts as taken when its row is committed here, once however often it arrives.

What can be settled at once (nothing to read, blocked, queue full) gets its notice in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.blocks import block_now
from bot.chat import IncomingMessage, Taken
from bot.chat_json import author_json, button_json, place_json
from bot.clock import Now, nonce_of
from bot.notices import Notice, Speech, blocked_notice
from bot.queue_limits import QueueLimits
from bot.quiet_hours import is_quiet
from bot.steps import OnStep, Step
from bot.texts import Texts
from bot.whereabouts import Defaults, Whereabouts, choose_zone, locate
from storage.database import Storage
from storage.records import InboxState
from storage.rows import IncomingRow
from storage.work import UnitOfWork

MAX_CHARACTERS = 20_000  # more than any platform sends; what is longer is cut, and refused by the length gate anyway


class Inbox:
    """Takes messages from the adapters into storage."""

    def __init__(
        self,
        storage: Storage,
        texts: Texts,
        limits: QueueLimits,
        defaults: Defaults,
        now: Now,
        on_row: Callable[[], None],
        on_step: OnStep,
    ) -> None:
        self._storage = storage
        self._texts = texts
        self._limits = limits
        self._defaults = defaults
        self._now = now
        self._on_row = on_row
        self._on_step = on_step

    async def take(self, message: IncomingMessage) -> Taken:
        """Commit a message, or settle it at once with a notice; returns after the commit."""
        async with self._storage.work() as work:
            taken, row_id = await self._take(work, message)
        if taken is not Taken.DUPLICATE:
            self._on_step(Step.TAKEN, row_id)
            self._on_row()
        return taken

    async def _take(self, work: UnitOfWork, message: IncomingMessage) -> tuple[Taken, int]:
        who = await locate(work, message.place, message.author, self._now(), self._defaults)
        notice = await self._refusal(work, message, who)
        row, created = await work.inbox.add(
            IncomingRow(
                platform=message.place.platform,
                chat_id=message.chat_id,
                message_id=message.message_id,
                conversation_id=who.conversation.id,
                person_id=who.person.id,
                space_id=who.space.id,
                channel_key=message.place.channel_id,
                text="" if notice else message.text[:MAX_CHARACTERS],
                attachment=message.attachment,
                place=place_json(message.place),
                author=author_json(message.author),
                route=dict(message.route),
                sent_at=message.sent_at,
                received_at=self._now(),
                epoch=who.person.epoch,
            )
        )
        if not created:
            return Taken.DUPLICATE, row.id
        if notice is None:
            return Taken.ACCEPTED, row.id
        await work.inbox.set_state(row.id, InboxState.REFUSED, self._now())
        await work.outbox.add(
            inbox_id=row.id,
            turn_id=None,
            conversation_id=who.conversation.id,
            platform=message.place.platform,
            kind="notice",
            text=notice.text,
            image_id=None,
            nonce=nonce_of(message.place.platform, message.chat_id, message.message_id, "notice"),
            place=place_json(message.place),
            author=author_json(message.author),
            route=dict(message.route),
            buttons=[button_json(button) for button in notice.buttons],
            now=self._now(),
        )
        return Taken.REFUSED, row.id

    async def _refusal(self, work: UnitOfWork, message: IncomingMessage, who: Whereabouts) -> Notice | None:
        """Return the notice of a message that is settled at once, or None when it waits for its turn."""
        block = await block_now(work, who.person.id, who.space.id, message.place.channel_id, message.sent_at)
        speech = Speech(self._texts, who.language, who.zone)
        if block is not None:
            return blocked_notice(speech, block, kind=message.place.kind)
        if not message.text.strip():
            return Notice(speech.text("notice.empty" if message.attachment == "none" else "notice.no_words"))
        hours = who.space.settings.get("quiet_hours")
        if is_quiet(hours, self._now().astimezone(choose_zone(None, who.space, self._defaults))):
            return Notice(speech.text("notice.quiet", hours=hours))
        refusal = await self._limits.refusal(work, who.conversation.id)
        return None if refusal is None else Notice(speech.text(refusal))
