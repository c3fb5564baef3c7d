"""Turns and their traces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import RecordMissing
from storage.insertion import insert_row
from storage.records import TurnRecord, from_row
from storage.rows import TurnRow
from storage.tables import turns


class TurnRepository:
    """A message has at most one turn, so that a replay cannot answer twice."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, row: TurnRow) -> TurnRecord:
        """Keep a turn as commit A leaves it."""
        return from_row(TurnRecord, await insert_row(self._connection, turns, asdict(row)))

    async def get(self, turn_id: str) -> TurnRecord | None:
        """Return a turn, None when it is not kept."""
        row = (await self._connection.execute(select(turns).where(turns.c.id == turn_id))).one_or_none()
        return None if row is None else from_row(TurnRecord, row)

    async def by_inbox(self, inbox_id: int) -> TurnRecord | None:
        """Return the turn of a message, None before its commit A."""
        row = (await self._connection.execute(select(turns).where(turns.c.inbox_id == inbox_id))).one_or_none()
        return None if row is None else from_row(TurnRecord, row)

    async def last_of(self, conversation_id: int, person_id: int) -> TurnRecord | None:
        """Return a person's last turn in a conversation, whether complete or not."""
        statement = (
            select(turns)
            .where(turns.c.conversation_id == conversation_id, turns.c.person_id == person_id)
            .order_by(turns.c.created_at.desc(), turns.c.id.desc())
            .limit(1)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else from_row(TurnRecord, row)

    async def recent(self, conversation_id: int, person_id: int, limit: int) -> list[TurnRecord]:
        """Return a person's last turns in a conversation, oldest first."""
        statement = (
            select(turns)
            .where(turns.c.conversation_id == conversation_id, turns.c.person_id == person_id)
            .order_by(turns.c.created_at.desc(), turns.c.id.desc())
            .limit(limit)
        )
        return [from_row(TurnRecord, row) for row in await self._connection.execute(statement)][::-1]

    async def complete(
        self,
        turn_id: str,
        summary: str | None,
        expression: Mapping[str, Any] | None,
        image_id: int | None,
        trace_additions: Mapping[str, Any],
        now: datetime,
    ) -> TurnRecord:
        """Add what commit B brings; the keys of `trace_additions` join the trace.

        Raises:
            RecordMissing: there is no such turn.
        """
        known = await self.get(turn_id)
        if known is None:
            raise RecordMissing(f"no turn {turn_id} is kept; drop its second half")
        values = {
            "summary": summary,
            "expression": None if expression is None else dict(expression),
            "image_id": image_id,
            "trace": {**known.trace, **trace_additions},
            "completed_at": now,
        }
        statement = update(turns).where(turns.c.id == turn_id).values(values).returning(*turns.c)
        return from_row(TurnRecord, (await self._connection.execute(statement)).one())
