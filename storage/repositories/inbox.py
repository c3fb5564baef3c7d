"""The inbox: messages that were taken, and who is working on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import LeaseLost, RecordMissing
from storage.insertion import insert_if_absent
from storage.records import InboxRecord, InboxState, from_row
from storage.rows import IncomingRow
from storage.tables import conversations, inbox

UNFINISHED = (InboxState.WAITING, InboxState.CLAIMED, InboxState.ANSWERED)
ERASED = "erased"


class InboxRepository:
    """Rows are claimed by a lease, so that several workers can share one database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, row: IncomingRow) -> tuple[InboxRecord, bool]:
        """Take a message; the second value is False when it had been taken before, and the first is that row."""
        # Ids must grow in commit order within a conversation, or a later message could overtake on PostgreSQL.
        hold = select(conversations.c.id).where(conversations.c.id == row.conversation_id)
        await self._connection.execute(hold.with_for_update(key_share=True))
        values = {**asdict(row), "state": InboxState.WAITING.value, "attempts": 0}
        made = await insert_if_absent(self._connection, inbox, values)
        if made is not None:
            return from_row(InboxRecord, made), True
        statement = select(inbox).where(
            inbox.c.platform == row.platform, inbox.c.chat_id == row.chat_id, inbox.c.message_id == row.message_id
        )
        return from_row(InboxRecord, (await self._connection.execute(statement)).one()), False

    async def get(self, inbox_id: int) -> InboxRecord:
        """Return a message.

        Raises:
            RecordMissing: there is no such row.
        """
        row = (await self._connection.execute(select(inbox).where(inbox.c.id == inbox_id))).one_or_none()
        if row is None:
            raise RecordMissing(f"no inbox row {inbox_id} is kept; drop the work on it")
        return from_row(InboxRecord, row)

    async def find(self, platform: str, chat_id: str, message_id: str) -> InboxRecord | None:
        """Return the message of these platform ids, None when it was never taken."""
        statement = select(inbox).where(
            inbox.c.platform == platform, inbox.c.chat_id == chat_id, inbox.c.message_id == message_id
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else from_row(InboxRecord, row)

    async def recent(self, conversation_id: int, limit: int) -> list[InboxRecord]:
        """Return the last messages of a conversation, oldest first."""
        statement = select(inbox).where(inbox.c.conversation_id == conversation_id)
        rows = await self._connection.execute(statement.order_by(inbox.c.id.desc()).limit(limit))
        return [from_row(InboxRecord, row) for row in rows][::-1]

    async def waiting(self, conversation_id: int) -> int:
        """Count the messages of a conversation that nobody has begun."""
        return await self._count((inbox.c.state == InboxState.WAITING) & (inbox.c.conversation_id == conversation_id))

    async def waiting_total(self) -> int:
        """Count the messages of all conversations that nobody has begun."""
        return await self._count(inbox.c.state == InboxState.WAITING)

    async def unfinished_total(self) -> int:
        """Count the messages that are waiting or being worked on."""
        return await self._count(inbox.c.state.in_(UNFINISHED))

    async def set_aside_total(self) -> int:
        """Count the messages that were given up."""
        return await self._count(inbox.c.state == InboxState.SET_ASIDE)

    async def claim(
        self,
        owner: str,
        now: datetime,
        lease_s: float,
        limit: int,
        exclude_conversations: Collection[int] = (),
        platforms: Collection[str] | None = None,
    ) -> list[InboxRecord]:
        """Lease the oldest unfinished message of each conversation that nobody is working on, oldest first.

        A row in `answered` keeps that state: its commit A is done and its second half is what is claimed. `attempts`
        counts this try from the commit on, so a message that kills the process is counted too. `platforms` are those
        that the owner can answer on (None = all).
        """
        await self._drop_erased(now)
        heads = select(func.min(inbox.c.id)).where(inbox.c.state.in_(UNFINISHED)).group_by(inbox.c.conversation_id)
        free = or_(inbox.c.state == InboxState.WAITING, inbox.c.lease_until.is_(None), inbox.c.lease_until <= now)
        chosen = select(inbox.c.id).where(inbox.c.id.in_(heads), inbox.c.state.in_(UNFINISHED), free)
        if exclude_conversations:
            chosen = chosen.where(inbox.c.conversation_id.not_in(list(exclude_conversations)))
        if platforms is not None:
            chosen = chosen.where(inbox.c.platform.in_(list(platforms)))
        chosen = chosen.order_by(inbox.c.id).limit(limit).with_for_update(skip_locked=True)
        ids = list((await self._connection.execute(chosen)).scalars())
        if not ids:
            return []
        answered = (inbox.c.state == InboxState.ANSWERED, InboxState.ANSWERED.value)
        statement = (
            update(inbox)
            .where(inbox.c.id.in_(ids))
            .values(
                state=case(answered, else_=InboxState.CLAIMED.value),
                attempts=inbox.c.attempts + 1,
                lease_owner=owner,
                lease_until=now + timedelta(seconds=lease_s),
            )
            .returning(*inbox.c)
        )
        claimed = [from_row(InboxRecord, row) for row in await self._connection.execute(statement)]
        return sorted(claimed, key=lambda record: record.id)

    async def renew(self, ids: Sequence[int], owner: str, until: datetime) -> set[int]:
        """Prolong leases; return the ids that the owner still holds."""
        statement = (
            update(inbox)
            .where(inbox.c.id.in_(list(ids)), self._held_by(owner))
            .values(lease_until=until)
            .returning(inbox.c.id)
        )
        return set((await self._connection.execute(statement)).scalars())

    async def release(self, owner: str, ids: Sequence[int] | None = None) -> int:
        """Give claimed messages back (all of the owner's, or those named) on a graceful stop; return how many.

        The try is not counted, because nothing went wrong with the message.
        """
        waits = (inbox.c.state == InboxState.CLAIMED, InboxState.WAITING.value)
        statement = update(inbox).where(self._held_by(owner))
        if ids is not None:
            statement = statement.where(inbox.c.id.in_(list(ids)))
        released = await self._connection.execute(
            statement.values(
                state=case(waits, else_=inbox.c.state),
                attempts=inbox.c.attempts - 1,
                lease_owner=None,
                lease_until=None,
            ).returning(inbox.c.id)
        )
        return len(released.all())

    async def try_again(self, inbox_id: int, again_at: datetime) -> None:
        """Give an unfinished message up until `again_at`; it keeps its place in line, and the try stays counted."""
        statement = update(inbox).where(inbox.c.id == inbox_id, inbox.c.state.in_(UNFINISHED))
        claimed = (inbox.c.state == InboxState.WAITING, InboxState.CLAIMED.value)
        await self._connection.execute(
            statement.values(state=case(claimed, else_=inbox.c.state), lease_owner=None, lease_until=again_at)
        )

    async def set_state(
        self,
        inbox_id: int,
        state: InboxState | str,
        now: datetime,
        *,
        owner: str | None = None,
        refusal: str | None = None,
    ) -> InboxRecord:
        """Move a message on; `answered` keeps the lease for the second half, every other state ends it.

        Args:
            inbox_id: the message.
            state: where it is now.
            now: when; kept as the end of a finished message.
            owner: when given, the lease must still be the owner's.
            refusal: why it was refused or set aside, a short key.

        Raises:
            LeaseLost: another worker has it, or it is finished.
            RecordMissing: there is no such row.
        """
        new = InboxState(state)
        values: dict[str, object] = {"state": new.value, "finished_at": None if new in UNFINISHED else now}
        if new is not InboxState.ANSWERED:
            values |= {"lease_owner": None, "lease_until": None}
        if refusal is not None:
            values["refusal"] = refusal
        statement = update(inbox).where(inbox.c.id == inbox_id)
        if owner is not None:
            statement = statement.where(self._held_by(owner))
        row = (await self._connection.execute(statement.values(values).returning(*inbox.c))).one_or_none()
        if row is not None:
            return from_row(InboxRecord, row)
        await self.get(inbox_id)
        raise LeaseLost(f"inbox row {inbox_id} is no longer leased to this worker; drop what was worked out for it")

    async def _drop_erased(self, now: datetime) -> None:
        # Its person erased everything while it was being worked on, and that work never ended: there is nothing left.
        await self._connection.execute(
            update(inbox)
            .where(inbox.c.state.in_((InboxState.CLAIMED, InboxState.ANSWERED)), inbox.c.refusal == ERASED)
            .where(or_(inbox.c.lease_until.is_(None), inbox.c.lease_until <= now))
            .values(state=InboxState.SET_ASIDE.value, finished_at=now, lease_owner=None, lease_until=None)
        )

    @staticmethod
    def _held_by(owner: str) -> ColumnElement[bool]:
        return (inbox.c.lease_owner == owner) & inbox.c.state.in_((InboxState.CLAIMED, InboxState.ANSWERED))

    async def _count(self, condition: ColumnElement[bool]) -> int:
        statement = select(func.count()).select_from(inbox).where(condition)
        return int((await self._connection.execute(statement)).scalar_one())
