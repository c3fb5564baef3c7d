"""The outbox: messages that are to be sent, each logical message once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import RecordMissing
from storage.insertion import insert_if_absent
from storage.records import OutboxRecord, OutboxState, from_row
from storage.tables import conversations, inbox, outbox, people

UNSENT = (OutboxState.PENDING, OutboxState.SENDING)
_before = outbox.alias("before")


def _with_receipt() -> Select[Any]:
    joined = outbox.outerjoin(_before, _before.c.id == outbox.c.after_id)
    return select(outbox, _before.c.receipt.label("after_receipt")).select_from(joined)


class OutboxRepository:
    """Messages leave in order within a conversation."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        *,
        inbox_id: int | None,
        turn_id: str | None,
        conversation_id: int,
        platform: str,
        kind: Literal["reply", "text", "face", "notice"],
        text: str,
        image_id: int | None,
        nonce: str,
        place: Mapping[str, Any],
        author: Mapping[str, Any],
        route: Mapping[str, Any],
        now: datetime,
        buttons: Sequence[Mapping[str, Any]] = (),
        after_id: int | None = None,
        ordinal: int = 0,
        person_id: int | None = None,
        not_before: datetime | None = None,
    ) -> OutboxRecord:
        """Put a message out; one that is there already (same inbox row, kind and ordinal, or same nonce) is returned.

        `person_id` is whom the text is about or for, so that erasing finds it; with `inbox_id` it is known. Until
        `not_before` the message is held back, and with it what follows in its conversation.
        """
        hold = select(conversations.c.id).where(conversations.c.id == conversation_id)
        await self._connection.execute(hold.with_for_update(key_share=True))
        owner, epoch = await self._owner(inbox_id, person_id)
        values = {
            "inbox_id": inbox_id,
            "turn_id": turn_id,
            "conversation_id": conversation_id,
            "person_id": owner,
            "epoch": epoch,
            "platform": platform,
            "kind": kind,
            "ordinal": ordinal,
            "text": text,
            "image_id": image_id,
            "nonce": nonce,
            "place": dict(place),
            "author": dict(author),
            "route": dict(route),
            "buttons": [dict(button) for button in buttons] or None,
            "after_id": after_id,
            "state": OutboxState.PENDING.value,
            "attempts": 0,
            "not_before": not_before,
            "created_at": now,
        }
        made = await insert_if_absent(self._connection, outbox, values)
        if made is not None:
            return await self.get(made.id)
        same = (outbox.c.inbox_id == inbox_id) & (outbox.c.kind == kind) & (outbox.c.ordinal == ordinal)
        return await self._one(or_(same, outbox.c.nonce == nonce))

    async def get(self, outbox_id: int) -> OutboxRecord:
        """Return a message.

        Raises:
            RecordMissing: there is no such row.
        """
        return await self._one(outbox.c.id == outbox_id)

    async def by_inbox(self, inbox_id: int) -> list[OutboxRecord]:
        """Return the messages that answer an inbox row, in their order."""
        statement = _with_receipt().where(outbox.c.inbox_id == inbox_id).order_by(outbox.c.id)
        return [from_row(OutboxRecord, row) for row in await self._connection.execute(statement)]

    async def recent(self, conversation_id: int, limit: int) -> list[OutboxRecord]:
        """Return the last messages of a conversation, oldest first."""
        statement = _with_receipt().where(outbox.c.conversation_id == conversation_id)
        rows = await self._connection.execute(statement.order_by(outbox.c.id.desc()).limit(limit))
        return [from_row(OutboxRecord, row) for row in rows][::-1]

    async def attach_image(self, outbox_id: int, image_id: int) -> bool:
        """Give a message its image and let it go at once; False when a try has begun, so that the image must follow."""
        statement = update(outbox).where(outbox.c.id == outbox_id, self._untried())
        values = {"image_id": image_id, "not_before": None}
        return (
            await self._connection.execute(statement.values(values).returning(outbox.c.id))
        ).one_or_none() is not None

    async def release_hold(self, inbox_id: int) -> None:
        """Let what answers an inbox row and was held back go at once."""
        statement = update(outbox).where(outbox.c.inbox_id == inbox_id, self._untried())
        await self._connection.execute(statement.values(not_before=None))

    async def due(self, platform: str, now: datetime, limit: int) -> list[OutboxRecord]:
        """Return what may be sent now, oldest first: the oldest unsent message of each conversation, if its time came.

        A message that another one is waiting for comes before it; when it failed for good, the other one goes alone.
        """
        heads = select(func.min(outbox.c.id)).where(outbox.c.state.in_(UNSENT)).group_by(outbox.c.conversation_id)
        statement = (
            _with_receipt()
            .where(outbox.c.id.in_(heads), outbox.c.platform == platform, self._free(now))
            .where(or_(outbox.c.after_id.is_(None), _before.c.state.not_in(UNSENT)))
            .order_by(outbox.c.id)
            .limit(limit)
        )
        return [from_row(OutboxRecord, row) for row in await self._connection.execute(statement)]

    async def mark_sending(self, outbox_id: int, now: datetime, until: datetime) -> OutboxRecord | None:
        """Begin a try (`attempts` is 1 at the first); None when someone else is sending it or it is settled.

        Until `until` nobody else may take it over.
        """
        statement = (
            update(outbox)
            .where(outbox.c.id == outbox_id, outbox.c.state.in_(UNSENT), self._free(now))
            .values(state=OutboxState.SENDING.value, attempts=outbox.c.attempts + 1, not_before=until)
            .returning(outbox.c.id)
        )
        begun = (await self._connection.execute(statement)).scalar_one_or_none()
        return None if begun is None else await self.get(begun)

    async def mark_sent(self, outbox_id: int, receipt: Mapping[str, Any], at: datetime) -> None:
        """Keep the platform's receipt; the message is never sent again."""
        values = {"state": OutboxState.SENT.value, "receipt": dict(receipt), "settled_at": at, "not_before": None}
        await self._settle(outbox_id, values)

    async def mark_failed(self, outbox_id: int, reason: str, at: datetime) -> None:
        """Give a message up for good; `reason` is one line without its text."""
        values = {"state": OutboxState.FAILED.value, "failure": reason, "settled_at": at, "not_before": None}
        await self._settle(outbox_id, values)

    async def retry_at(self, outbox_id: int, when: datetime) -> None:
        """Try an unsent message again at `when`; nothing of its conversation overtakes it."""
        statement = update(outbox).where(outbox.c.id == outbox_id, outbox.c.state.in_(UNSENT))
        await self._connection.execute(statement.values(state=OutboxState.PENDING.value, not_before=when))

    async def recover(self, platform: str) -> int:
        """Make what a dead process left in `sending` due at once; for the start of a platform's only sender."""
        statement = update(outbox).where(outbox.c.platform == platform, outbox.c.state == OutboxState.SENDING)
        freed = await self._connection.execute(statement.values(not_before=None).returning(outbox.c.id))
        return len(freed.all())

    async def next_due_at(self, platform: str) -> datetime | None:
        """Return the earliest retry time of what is unsent, None when nothing waits for a time."""
        statement = select(func.min(outbox.c.not_before)).where(
            outbox.c.platform == platform, outbox.c.state.in_(UNSENT)
        )
        when: datetime | None = (await self._connection.execute(statement)).scalar_one()
        return when

    async def unsent_total(self) -> int:
        """Count the messages that are still to be sent."""
        statement = select(func.count()).select_from(outbox).where(outbox.c.state.in_(UNSENT))
        return int((await self._connection.execute(statement)).scalar_one())

    async def failed_total(self) -> int:
        """Count the messages that were given up for good."""
        statement = select(func.count()).select_from(outbox).where(outbox.c.state == OutboxState.FAILED)
        return int((await self._connection.execute(statement)).scalar_one())

    @staticmethod
    def _untried() -> ColumnElement[bool]:
        return (outbox.c.state == OutboxState.PENDING) & (outbox.c.attempts == 0)

    @staticmethod
    def _free(now: datetime) -> ColumnElement[bool]:
        return or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now)

    async def _settle(self, outbox_id: int, values: Mapping[str, Any]) -> None:
        statement = update(outbox).where(outbox.c.id == outbox_id).values(dict(values)).returning(outbox.c.id)
        if (await self._connection.execute(statement)).one_or_none() is None:
            raise RecordMissing(f"no outbox row {outbox_id} is kept; drop the work on it")

    async def _owner(self, inbox_id: int | None, person_id: int | None) -> tuple[int | None, int]:
        if inbox_id is not None:
            statement = select(inbox.c.person_id, inbox.c.epoch).where(inbox.c.id == inbox_id)
        elif person_id is not None:
            statement = select(people.c.id, people.c.epoch).where(people.c.id == person_id)
        else:
            return None, 0
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            raise RecordMissing("whom an outgoing message answers is not kept; drop the message")
        return row[0], row[1]

    async def _one(self, condition: ColumnElement[bool]) -> OutboxRecord:
        row = (await self._connection.execute(_with_receipt().where(condition).limit(1))).one_or_none()
        if row is None:
            raise RecordMissing("the outbox row is not kept; drop the work on it")
        return from_row(OutboxRecord, row)
