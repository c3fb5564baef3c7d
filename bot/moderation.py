"""What moderators and operators may do; each act is committed at once and stands in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.records import SanctionRecord, SpaceRecord
from storage.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a moderator's platform account, or the operator at the command line."""

    platform: str
    account_id: str
    name: str


async def blocks(work: UnitOfWork, space: SpaceRecord, now: datetime) -> list[SanctionRecord]:
    """List the active blocks of a space, the one that ends last first."""
    return sorted(await work.ethics.blocks(space.id, now), key=lambda block: block.ends_at, reverse=True)


async def unblock(
    work: UnitOfWork, actor: Actor, space: SpaceRecord, person_id: int, reason: str, now: datetime
) -> int:
    """Lift every active block of a person in a space; return how many there were."""
    active = await work.ethics.active_blocks(person_id, space.id, now)
    for block in active:
        await work.ethics.lift(block.id, by=f"{actor.platform}:{actor.account_id}", reason=reason, at=now)
    if active:
        await _log(work, actor, "unblock", space, person_id, {"reason": reason, "blocks": len(active)}, now)
    return len(active)


async def reset_memory(
    work: UnitOfWork, actor: Actor, space: SpaceRecord, person_id: int, reason: str, now: datetime
) -> int:
    """Forget what she remembers of a person in a space, turns in hand included; return how many entries there were."""
    removed = await work.memory.clear(person_id, space.id)
    await work.summaries.clear(person_id, space.id)
    await work.people.raise_epoch(person_id)
    await _log(work, actor, "reset-memory", space, person_id, {"reason": reason, "entries": removed}, now)
    return removed


async def set_space(work: UnitOfWork, actor: Actor, space: SpaceRecord, key: str, value: Any, now: datetime) -> None:
    """Change a setting of a space."""
    await work.spaces.set_setting(space.id, key, value)
    await _log(work, actor, "settings", space, None, {"key": key, "value": value}, now)


async def erase(work: UnitOfWork, actor: Actor, person_id: int, now: datetime) -> list[str]:
    """Erase everything a person said or was sent; active blocks stay, without text. Return the pictures to delete."""
    paths = await work.people.erase(person_id, now)
    await _log(work, actor, "erase", None, person_id, {"pictures": len(paths)}, now)
    return paths


async def _log(
    work: UnitOfWork,
    actor: Actor,
    act: str,
    space: SpaceRecord | None,
    person_id: int | None,
    details: dict[str, Any],
    now: datetime,
) -> None:
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
