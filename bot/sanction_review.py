"""After an event was overturned: the blocks that stood on it are shortened or lifted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.levels import category_of, events_as_served
from engine.rules.sanctions import fold_levels, sanction
from storage.records import EventRecord, SanctionRecord
from storage.work import UnitOfWork


async def overturn_events(
    work: UnitOfWork, events: Iterable[EventRecord], by: str, reason: str, now: datetime, fade_days: int
) -> int:
    """Overturn events and review what stood on them; return how many had counted until now."""
    overturned = 0
    for event in events:
        if await work.ethics.overturn(event.id, by, reason, now):
            overturned += 1
            await review_blocks(work, event.person_id, event.space_id, by, reason, now, fade_days)
    return overturned


async def review_blocks(
    work: UnitOfWork, person_id: int, space_id: int, by: str, reason: str, now: datetime, fade_days: int
) -> None:
    """Judge every block that still holds anew, with the events that still count; none gets longer by it.

    A block given by hand, or one whose events are not kept, stays as it is.
    """
    for block in await work.ethics.sanctions(person_id, space_id):
        if block.kind != "block" or block.lifted_at is not None or block.ends_at <= now:
            continue
        records = await work.ethics.events(person_id, space_id)
        own = [record for record in records if record.turn_id == block.turn_id]
        if block.turn_id is None or not own:
            continue
        ends_at = await _deserved_end(work, block, records, own, fade_days)
        if ends_at >= block.ends_at:
            continue
        await work.ethics.lift(block.id, by=by, reason=reason, at=now)
        if ends_at > now:
            await work.ethics.add_sanction(
                person_id=person_id,
                space_id=space_id,
                channel_key=block.channel_key,
                kind="block",
                categories=_counting(own),
                starts_at=block.starts_at,
                ends_at=ends_at,
                by=block.by,
                turn_id=block.turn_id,
            )


async def _deserved_end(
    work: UnitOfWork, block: SanctionRecord, records: list[EventRecord], own: list[EventRecord], fade_days: int
) -> datetime:
    """Return when a block ends by what still counts of the events before it and of its own."""
    first = min(record.id for record in own)
    before = [record for record in records if record.id < first]
    given = await work.ethics.sanctions(block.person_id, block.space_id)
    levels = fold_levels(events_as_served(before, given), block.starts_at, fade_days)
    hits = [category_of(name) for name in _counting(own)]
    return block.starts_at + timedelta(seconds=sanction(hits, levels).block_s)


def _counting(events: Iterable[EventRecord]) -> list[str]:
    return [event.category for event in events if event.overturned_at is None and not event.shadow]
