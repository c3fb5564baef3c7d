"""What moderators and operators may do; each act is committed at once and stands in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.sanction_review import overturn_events
from storage.records import SanctionRecord, SpaceRecord
from storage.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a moderator's platform account, or the operator at the command line."""

    platform: str
    account_id: str
    name: str

    @property
    def key(self) -> str:
        """The actor as sanctions keep it."""
        return f"{self.platform}:{self.account_id}"


async def blocks(work: UnitOfWork, space: SpaceRecord, now: datetime) -> list[SanctionRecord]:
    """List the active blocks of a space, the one that ends last first."""
    return sorted(await work.ethics.blocks(space.id, now), key=lambda block: block.ends_at, reverse=True)


async def unblock(
    work: UnitOfWork, actor: Actor, space: SpaceRecord, person_id: int, reason: str, now: datetime
) -> int:
    """Lift every active block of a person in a space; return how many there were."""
    await work.people.hold(person_id)
    active = await work.ethics.active_blocks(person_id, space.id, now)
    for block in active:
        await work.ethics.lift(block.id, by=actor.key, reason=reason, at=now)
    if active:
        await write_down(work, actor, "unblock", space, person_id, {"reason": reason, "blocks": len(active)}, now)
    return len(active)


async def block(
    work: UnitOfWork,
    actor: Actor,
    space: SpaceRecord,
    person_id: int,
    *,
    channel_key: str | None,
    length_s: int,
    reason: str,
    now: datetime,
) -> SanctionRecord:
    """Block a person by hand for `length_s` seconds; levels are not touched. `channel_key` None: the whole space."""
    await work.people.hold(person_id)
    made = await work.ethics.add_sanction(
        person_id=person_id,
        space_id=space.id,
        channel_key=channel_key,
        kind="block",
        categories=["manual"],
        starts_at=now,
        ends_at=now + timedelta(seconds=length_s),
        by=actor.key,
        turn_id=None,
        reason=reason,
    )
    details = {"reason": reason, "length_s": length_s, "channel": channel_key}
    await write_down(work, actor, "block", space, person_id, details, now)
    return made


async def pardon(
    work: UnitOfWork, actor: Actor, space: SpaceRecord, event_id: int, reason: str, now: datetime, fade_days: int
) -> int | None:
    """Make one event of a space count for nothing, and shorten or lift what stood on it; return its person.

    None: the event is not of this space, or counts for nothing already.
    """
    event = await work.ethics.event(event_id)
    if event is None or event.space_id != space.id:
        return None
    await work.people.hold(event.person_id)
    if not await overturn_events(work, [event], actor.key, reason, now, fade_days):
        return None
    details = {"reason": reason, "event": event.id, "category": event.category}
    await write_down(work, actor, "pardon", space, event.person_id, details, now)
    return event.person_id


async def reset_memory(
    work: UnitOfWork, actor: Actor, space: SpaceRecord, person_id: int, reason: str, now: datetime
) -> int:
    """Forget what she remembers of a person in a space, turns in hand included; return how many entries there were."""
    removed = await work.memory.clear(person_id, space.id)
    await work.summaries.clear(person_id, space.id)
    await work.people.raise_epoch(person_id)
    await write_down(work, actor, "reset-memory", space, person_id, {"reason": reason, "entries": removed}, now)
    return removed


async def set_space(
    work: UnitOfWork, actor: Actor, space: SpaceRecord, key: str, value: Any, reason: str, now: datetime
) -> None:
    """Change a setting of a space."""
    await work.spaces.set_setting(space.id, key, value)
    await write_down(work, actor, "settings", space, None, {"key": key, "value": value, "reason": reason}, now)


async def erase(work: UnitOfWork, actor: Actor, person_id: int, now: datetime) -> list[str]:
    """Erase everything a person said or was sent; active blocks stay, without text. Return the pictures to delete."""
    paths = await work.people.erase(person_id, now)
    await write_down(work, actor, "erase", None, person_id, {"pictures": len(paths)}, now)
    return paths


async def write_down(
    work: UnitOfWork,
    actor: Actor,
    act: str,
    space: SpaceRecord | None,
    person_id: int | None,
    details: dict[str, Any],
    now: datetime,
) -> None:
    """Put an act into the audit log."""
    await work.audit.add(
        at=now,
        actor_platform=actor.platform,
        actor_account=actor.account_id,
        actor_name=actor.name,
        act=act,
        space_id=space.id if space else None,
        target_person_id=person_id,
        details=details,
    )
