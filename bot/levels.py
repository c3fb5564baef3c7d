"""Ethics events as the escalation rules read them: served as long as their block was really served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.errors import BotError
from engine.rules.sanctions import Event, Levels, fold_levels
from engine.turn_types import CATEGORIES, Category
from storage.records import EventRecord, SanctionRecord
from storage.work import UnitOfWork


async def standing_levels(work: UnitOfWork, person_id: int, space_id: int, at: datetime, fade_days: int) -> Levels:
    """Return a person's levels in a space at a time: overturned and shadow events count for nothing."""
    records = await work.ethics.events(person_id, space_id)
    given = await work.ethics.sanctions(person_id, space_id)
    return fold_levels(events_as_served(records, given), at, fade_days)


def events_as_served(records: Iterable[EventRecord], sanctions: Sequence[SanctionRecord]) -> list[Event]:
    """Return events whose blocks are as long as they were served: a lifted one ended when it was lifted."""
    ends = _ends(sanctions)
    return [
        Event(
            category=category_of(record.category),
            at=record.at,
            block_s=_served_s(record, ends),
            overturned=record.overturned_at is not None,
            shadow=record.shadow,
        )
        for record in records
    ]


def category_of(name: str) -> Category:
    """Return a stored category name as the engine's.

    Raises:
        BotError: it is none of them.
    """
    for category in CATEGORIES:
        if category == name:
            return category
    raise BotError(f"an ethics event has the unknown category {name!r}; was the database made by a newer version?")


def _ends(sanctions: Sequence[SanctionRecord]) -> Mapping[str, datetime]:
    ends: dict[str, datetime] = {}
    for sanction in sanctions:
        if sanction.turn_id is not None:
            end = min(sanction.ends_at, sanction.lifted_at or sanction.ends_at)
            ends[sanction.turn_id] = max(end, ends.get(sanction.turn_id, end))
    return ends


def _served_s(record: EventRecord, ends: Mapping[str, datetime]) -> int:
    end = ends.get(record.turn_id) if record.turn_id is not None else None
    if end is None:
        return record.block_s
    return max(0, min(record.block_s, round((end - record.at).total_seconds())))
