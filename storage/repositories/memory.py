"""What she remembers of a person in a space."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import RecordMissing
from storage.insertion import insert_row
from storage.records import MemoryRecord, from_row
from storage.tables import memory_entries, spaces

NO_EMBEDDING: dict[str, Any] = {"text_hash": None, "model_hash": None, "vector": None}


class MemoryRepository:
    """Entries `[key: value]`, each of one person in one space."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def entries(self, person_id: int, space_id: int) -> list[MemoryRecord]:
        """Return the entries of a person in a space, oldest first."""
        statement = (
            select(memory_entries)
            .where(memory_entries.c.person_id == person_id, memory_entries.c.space_id == space_id)
            .order_by(memory_entries.c.id)
        )
        return [from_row(MemoryRecord, row) for row in await self._connection.execute(statement)]

    async def direct_entries(self, person_id: int) -> list[MemoryRecord]:
        """Return the entries of a person in all of their direct chats, oldest first."""
        direct = select(spaces.c.id).where(spaces.c.kind == "direct")
        statement = (
            select(memory_entries)
            .where(memory_entries.c.person_id == person_id, memory_entries.c.space_id.in_(direct))
            .order_by(memory_entries.c.id)
        )
        return [from_row(MemoryRecord, row) for row in await self._connection.execute(statement)]

    async def get(self, entry_id: int) -> MemoryRecord | None:
        """Return an entry, None when it is not kept."""
        statement = select(memory_entries).where(memory_entries.c.id == entry_id)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else from_row(MemoryRecord, row)

    async def add(
        self,
        person_id: int,
        space_id: int,
        key: str,
        value: str,
        said_on: date,
        due_on: date | None,
    ) -> MemoryRecord:
        """Remember something."""
        values = {
            "person_id": person_id,
            "space_id": space_id,
            "key": key,
            "value": value,
            "said_on": said_on,
            "due_on": due_on,
        }
        return from_row(MemoryRecord, await insert_row(self._connection, memory_entries, values))

    async def replace(self, entry_id: int, key: str, value: str, said_on: date, due_on: date | None) -> MemoryRecord:
        """Write an entry anew in its place; its cached embedding goes.

        Raises:
            RecordMissing: the entry is not kept.
        """
        values = {"key": key, "value": value, "said_on": said_on, "due_on": due_on, **NO_EMBEDDING}
        statement = update(memory_entries).where(memory_entries.c.id == entry_id).values(values)
        row = (await self._connection.execute(statement.returning(*memory_entries.c))).one_or_none()
        if row is None:
            raise RecordMissing(f"no memory entry {entry_id} is kept; add it instead")
        return from_row(MemoryRecord, row)

    async def save_embedding(self, entry_id: int, text_hash: str, model_hash: str, vector: bytes) -> bool:
        """Cache the embedding of an entry as it was rendered; False when the entry is gone."""
        values = {"text_hash": text_hash, "model_hash": model_hash, "vector": vector}
        statement = update(memory_entries).where(memory_entries.c.id == entry_id).values(values)
        saved = await self._connection.execute(statement.returning(memory_entries.c.id))
        return saved.one_or_none() is not None

    async def delete(self, entry_id: int) -> bool:
        """Forget one entry; False when it was gone already."""
        statement = delete(memory_entries).where(memory_entries.c.id == entry_id).returning(memory_entries.c.id)
        return (await self._connection.execute(statement)).one_or_none() is not None

    async def clear(self, person_id: int, space_id: int | None) -> int:
        """Forget everything about a person in a space (None = in every space); return how many entries went."""
        statement = delete(memory_entries).where(memory_entries.c.person_id == person_id)
        if space_id is not None:
            statement = statement.where(memory_entries.c.space_id == space_id)
        return len((await self._connection.execute(statement.returning(memory_entries.c.id))).all())

    async def count(self, person_id: int) -> dict[int, int]:
        """Count a person's entries in each space: {space id: entries}."""
        statement = (
            select(memory_entries.c.space_id, func.count().label("entries"))
            .where(memory_entries.c.person_id == person_id)
            .group_by(memory_entries.c.space_id)
        )
        return {row.space_id: row.entries for row in await self._connection.execute(statement)}
