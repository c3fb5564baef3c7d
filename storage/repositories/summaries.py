"""The summary of a person's last turn in a conversation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.insertion import put_row
from storage.records import SummaryRecord, from_row
from storage.tables import conversations, summaries


class SummaryRepository:
    """One summary per person and conversation; each turn replaces it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, person_id: int, conversation_id: int) -> SummaryRecord | None:
        """Return the summary, None when the last turn left none."""
        statement = select(summaries).where(
            summaries.c.person_id == person_id, summaries.c.conversation_id == conversation_id
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else from_row(SummaryRecord, row)

    async def put(
        self, person_id: int, conversation_id: int, text: str | None, turn_id: str | None, now: datetime
    ) -> None:
        """Replace the summary; None empties it."""
        if text is not None:
            identity = {"person_id": person_id, "conversation_id": conversation_id}
            await put_row(self._connection, summaries, identity, {"text": text, "turn_id": turn_id, "made_at": now})
            return
        same = (summaries.c.person_id == person_id) & (summaries.c.conversation_id == conversation_id)
        await self._connection.execute(delete(summaries).where(same))

    async def clear(self, person_id: int, space_id: int | None) -> int:
        """Empty a person's summaries in a space (None = in every space); return how many there were."""
        statement = delete(summaries).where(summaries.c.person_id == person_id)
        if space_id is not None:
            there = select(conversations.c.id).where(conversations.c.space_id == space_id)
            statement = statement.where(summaries.c.conversation_id.in_(there))
        return len((await self._connection.execute(statement.returning(summaries.c.conversation_id))).all())
