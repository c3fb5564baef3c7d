"""Everything kept about a person, as JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import PersonRecord
from storage.tables import (
    accounts,
    appeals,
    conversations,
    ethics_events,
    images,
    inbox,
    memory_entries,
    outbox,
    sanctions,
    spaces,
    summaries,
    turns,
)

# Our own keys and bookkeeping say nothing about the person.
INTERNAL = frozenset({"person_id", "vector", "text_hash", "model_hash", "lease_owner", "lease_until", "route", "epoch"})
PREFERENCES = ("language", "timezone", "face_id", "hue", "height", "gradient", "hair_cycling", "motion")


async def export_person(connection: AsyncConnection, person: PersonRecord) -> dict[str, Any]:
    """Return everything kept about a person."""

    async def of(table: Table, without: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
        return await _rows(connection, table, table.c.person_id == person.id, without)

    return {
        "person": person.id,
        "since": person.created_at.isoformat(),
        "preferences": {**{name: getattr(person, name) for name in PREFERENCES}, "settings": dict(person.settings)},
        "accounts": await of(accounts),
        "spaces": await _spaces(connection, person.id),
        "memory": await of(memory_entries),
        "summaries": await of(summaries),
        "messages": await of(inbox, frozenset({"attempts"})),
        "turns": await of(turns),
        "sent": await of(outbox, frozenset({"attempts", "not_before", "nonce"})),
        "images": await of(images),
        "ethics_events": await of(ethics_events),
        "sanctions": await of(sanctions),
        "appeals": await of(appeals, frozenset({"decided_by"})),
    }


async def _spaces(connection: AsyncConnection, person_id: int) -> list[dict[str, Any]]:
    met = select(inbox.c.space_id).where(inbox.c.person_id == person_id)
    remembered = select(memory_entries.c.space_id).where(memory_entries.c.person_id == person_id)
    own = select(conversations.c.space_id).where(conversations.c.person_id == person_id)
    return await _rows(connection, spaces, spaces.c.id.in_(met.union(remembered, own)), frozenset())


async def _rows(
    connection: AsyncConnection, table: Table, condition: ColumnElement[bool], without: frozenset[str]
) -> list[dict[str, Any]]:
    statement = select(table).where(condition).order_by(*table.primary_key.columns)
    hidden = INTERNAL | without
    return [_plain(row._mapping, hidden) for row in await connection.execute(statement)]


def _plain(values: Mapping[Any, Any], hidden: frozenset[str]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if name not in hidden
    }
