"""What a turn puts into the outbox: notices, the reply's text held for its face, and the face."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.chat import Button
from bot.chat_json import button_json
from bot.clock import nonce_of
from bot.notices import Notice
from storage.records import InboxRecord, OutboxRecord
from storage.work import UnitOfWork


async def add_notice(
    work: UnitOfWork, row: InboxRecord, notice: Notice, now: datetime, turn_id: str | None = None
) -> OutboxRecord:
    """Put a service text for the person who wrote `row` into the outbox."""
    return await _add(work, row, "notice", notice.text, None, turn_id, None, None, now, notice.buttons)


async def add_reply(
    work: UnitOfWork, row: InboxRecord, text: str, turn_id: str, hold_until: datetime, now: datetime
) -> OutboxRecord:
    """Put the reply's text into the outbox; until `hold_until` it waits for the face to go with it."""
    return await _add(work, row, "reply", text, None, turn_id, None, hold_until, now)


async def add_face(work: UnitOfWork, row: InboxRecord, image_id: int, turn_id: str, now: datetime) -> None:
    """Send the face with the reply when that still waits, else as what follows the text that has gone."""
    rows = await work.outbox.by_inbox(row.id)
    reply = next((sent for sent in rows if sent.kind == "reply"), None)
    if reply is not None and await work.outbox.attach_image(reply.id, image_id):
        return
    await _add(work, row, "face", "", image_id, turn_id, reply.id if reply else None, None, now)


async def _add(
    work: UnitOfWork,
    row: InboxRecord,
    kind: Literal["reply", "face", "notice"],
    text: str,
    image_id: int | None,
    turn_id: str | None,
    after_id: int | None,
    hold_until: datetime | None,
    now: datetime,
    buttons: tuple[Button, ...] = (),
) -> OutboxRecord:
    return await work.outbox.add(
        inbox_id=row.id,
        turn_id=turn_id,
        conversation_id=row.conversation_id,
        platform=row.platform,
        kind=kind,
        text=text,
        image_id=image_id,
        nonce=nonce_of(row.platform, row.chat_id, row.message_id, kind),
        place=row.place,
        author=row.author,
        route=row.route,
        buttons=[button_json(button) for button in buttons],
        after_id=after_id,
        not_before=hold_until,
        now=now,
    )
