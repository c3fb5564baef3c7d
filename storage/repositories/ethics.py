"""Ethics events, their overturning, warnings and blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import RecordMissing
from storage.insertion import insert_if_absent, insert_row
from storage.records import EventRecord, SanctionRecord, from_row
from storage.tables import ethics_events, ethics_overturns, sanctions


def _events() -> Select[Any]:
    overturn = ethics_overturns.c
    return select(
        ethics_events,
        overturn.at.label("overturned_at"),
        overturn.by.label("overturned_by"),
        overturn.reason.label("overturn_reason"),
    ).select_from(ethics_events.outerjoin(ethics_overturns, overturn.event_id == ethics_events.c.id))


class EthicsRepository:
    """Levels and blocks are folded from what is here; events are only ever added."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_event(
        self,
        *,
        person_id: int,
        space_id: int,
        channel_key: str,
        category: str,
        score: float,
        rule: str,
        model_hash: str,
        evidence_hash: str | None,
        level: int,
        block_s: int,
        policy: Mapping[str, Any],
        shadow: bool,
        turn_id: str | None,
        at: datetime,
    ) -> EventRecord:
        """Write down that a category was hit; `shadow` = judged and logged, not punished."""
        values = {
            "person_id": person_id,
            "space_id": space_id,
            "channel_key": channel_key,
            "category": category,
            "score": score,
            "rule": rule,
            "model_hash": model_hash,
            "evidence_hash": evidence_hash,
            "level": level,
            "block_s": block_s,
            "policy": dict(policy),
            "shadow": shadow,
            "turn_id": turn_id,
            "at": at,
        }
        made = await insert_row(self._connection, ethics_events, values)
        return EventRecord(**made._mapping, overturned_at=None, overturned_by=None, overturn_reason=None)

    async def event(self, event_id: int) -> EventRecord | None:
        """Return an event, None when it is not kept."""
        row = (await self._connection.execute(_events().where(ethics_events.c.id == event_id))).one_or_none()
        return None if row is None else from_row(EventRecord, row)

    async def events(self, person_id: int, space_id: int | None) -> list[EventRecord]:
        """Return the events of a person in a space (None = in every space), oldest first, overturned ones too."""
        statement = _events().where(ethics_events.c.person_id == person_id).order_by(ethics_events.c.id)
        if space_id is not None:
            statement = statement.where(ethics_events.c.space_id == space_id)
        return [from_row(EventRecord, row) for row in await self._connection.execute(statement)]

    async def overturn(self, event_id: int, by: str, reason: str, at: datetime) -> bool:
        """Write down that an event does not count; False when it had been overturned before.

        Raises:
            RecordMissing: there is no such event.
        """
        if await self.event(event_id) is None:
            raise RecordMissing(f"no ethics event {event_id} is kept; list the person's warnings again")
        values = {"event_id": event_id, "by": by, "reason": reason, "at": at}
        return await insert_if_absent(self._connection, ethics_overturns, values) is not None

    async def add_sanction(
        self,
        *,
        person_id: int,
        space_id: int,
        channel_key: str | None,
        kind: Literal["warning", "block"],
        categories: Sequence[str],
        starts_at: datetime,
        ends_at: datetime,
        by: str,
        turn_id: str | None,
        reason: str | None = None,
    ) -> SanctionRecord:
        """Warn or block a person in a channel (`channel_key` None = in the whole space); a warning ends as it starts.

        `by` is "system" or the moderator; `reason` is a moderator's.
        """
        values = {
            "person_id": person_id,
            "space_id": space_id,
            "channel_key": channel_key,
            "kind": kind,
            "categories": list(categories),
            "starts_at": starts_at,
            "ends_at": ends_at,
            "by": by,
            "turn_id": turn_id,
            "reason": reason,
        }
        return from_row(SanctionRecord, await insert_row(self._connection, sanctions, values))

    async def sanction(self, sanction_id: int) -> SanctionRecord | None:
        """Return a sanction, None when it is not kept."""
        found = await self._sanctions(sanctions.c.id == sanction_id)
        return found[0] if found else None

    async def sanctions(self, person_id: int, space_id: int | None) -> list[SanctionRecord]:
        """Return every warning and block of a person in a space (None = in every space), oldest first."""
        mine = sanctions.c.person_id == person_id
        return await self._sanctions(mine if space_id is None else mine & (sanctions.c.space_id == space_id))

    async def active_blocks(self, person_id: int, space_id: int, now: datetime) -> list[SanctionRecord]:
        """Return the blocks of a person that hold in a space or in one of its channels, oldest first."""
        return await self._sanctions(self._active(space_id, now) & (sanctions.c.person_id == person_id))

    async def blocks(self, space_id: int | None, now: datetime) -> list[SanctionRecord]:
        """Return every block that holds in a space (None = anywhere), oldest first."""
        return await self._sanctions(self._active(space_id, now))

    async def lift(self, sanction_id: int, by: str, reason: str, at: datetime) -> bool:
        """End a sanction early; False when it had been lifted before.

        Raises:
            RecordMissing: there is no such sanction.
        """
        if await self.sanction(sanction_id) is None:
            raise RecordMissing(f"no sanction {sanction_id} is kept; list the blocks again")
        statement = (
            update(sanctions)
            .where(sanctions.c.id == sanction_id, sanctions.c.lifted_at.is_(None))
            .values(lifted_at=at, lifted_by=by, lift_reason=reason)
            .returning(sanctions.c.id)
        )
        return (await self._connection.execute(statement)).one_or_none() is not None

    @staticmethod
    def _active(space_id: int | None, now: datetime) -> ColumnElement[bool]:
        active = (
            (sanctions.c.kind == "block")
            & (sanctions.c.starts_at <= now)
            & (sanctions.c.ends_at > now)
            & sanctions.c.lifted_at.is_(None)
        )
        return active if space_id is None else active & (sanctions.c.space_id == space_id)

    async def _sanctions(self, condition: ColumnElement[bool]) -> list[SanctionRecord]:
        statement = select(sanctions).where(condition).order_by(sanctions.c.id)
        return [from_row(SanctionRecord, row) for row in await self._connection.execute(statement)]
