"""Appeals against warnings and blocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.insertion import insert_if_absent
from storage.records import AppealRecord, from_row
from storage.tables import appeals


class AppealRepository:
    """A sanction can be appealed once, and an appeal decided once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(
        self,
        *,
        sanction_id: int,
        person_id: int,
        space_id: int,
        words: str,
        language: str,
        place: Mapping[str, Any],
        author: Mapping[str, Any],
        at: datetime,
    ) -> AppealRecord | None:
        """Open an appeal; None when this sanction was appealed before."""
        values = {
            "sanction_id": sanction_id,
            "person_id": person_id,
            "space_id": space_id,
            "words": words,
            "language": language,
            "place": dict(place),
            "author": dict(author),
            "state": "open",
            "opened_at": at,
        }
        made = await insert_if_absent(self._connection, appeals, values)
        return None if made is None else from_row(AppealRecord, made)

    async def get(self, appeal_id: int) -> AppealRecord | None:
        """Return an appeal, None when there is none."""
        found = await self._where(appeals.c.id == appeal_id)
        return found[0] if found else None

    async def of_sanction(self, sanction_id: int) -> AppealRecord | None:
        """Return the appeal against a sanction, None when there is none."""
        found = await self._where(appeals.c.sanction_id == sanction_id)
        return found[0] if found else None

    async def undecided(self, space_id: int | None) -> list[AppealRecord]:
        """Return the open appeals of a space (None = of every space), oldest first."""
        waiting = appeals.c.state == "open"
        return await self._where(waiting if space_id is None else waiting & (appeals.c.space_id == space_id))

    async def decide(self, appeal_id: int, state: Literal["upheld", "overturned"], by: str, at: datetime) -> bool:
        """Decide an open appeal; False when it was decided before or is not kept."""
        statement = (
            update(appeals)
            .where(appeals.c.id == appeal_id, appeals.c.state == "open")
            .values(state=state, decided_at=at, decided_by=by)
            .returning(appeals.c.id)
        )
        return (await self._connection.execute(statement)).one_or_none() is not None

    async def _where(self, condition: ColumnElement[bool]) -> list[AppealRecord]:
        statement = select(appeals).where(condition).order_by(appeals.c.id)
        return [from_row(AppealRecord, row) for row in await self._connection.execute(statement)]
