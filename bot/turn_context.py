"""Carry what storage knows into what the engine may know about one message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.clock import seed_of
from bot.memory_scope import memories_at
from bot.texts import Language
from bot.whereabouts import Defaults, choose_language, choose_zone
from engine.turn_types import CachedEmbedding, FaceChoice, MemoryEntry, Ombre, Policy, Turn
from storage.records import InboxRecord, MemoryRecord, PersonRecord, SpaceRecord
from storage.work import UnitOfWork


async def turn_for(
    work: UnitOfWork, row: InboxRecord, turn_id: str, defaults: Defaults
) -> tuple[Turn, Language, ZoneInfo]:
    """Gather memories, last summary, policy and face for one inbox row, with the person's language and time zone."""
    person = await work.people.person(row.person_id)
    space = await work.spaces.get(row.space_id)
    zone = choose_zone(person, space, defaults)
    memories = await memories_at(work, person, space)
    seed = row.route.get("seed")
    summary = await work.summaries.get(row.person_id, row.conversation_id)
    turn = Turn(
        turn_id=turn_id,
        text=row.text,
        sent_at=row.sent_at.astimezone(zone),
        seed=seed if isinstance(seed, int) else seed_of(turn_id),
        memories=tuple(entry_from(record) for record in memories),
        last_summary=summary.text if summary else None,
        policy=policy_from(space),
        face=face_from(person, space, row.route),
    )
    hint = row.author.get("language")
    return turn, choose_language(person, space, hint if isinstance(hint, str) else None, defaults), zone


def entry_from(record: MemoryRecord) -> MemoryEntry:
    """Return a stored memory as the engine reads it."""
    embedding = None
    if record.text_hash and record.model_hash and record.vector:
        embedding = CachedEmbedding(record.text_hash, record.model_hash, record.vector)
    return MemoryEntry(
        entry_id=record.id,
        key=record.key,
        value=record.value,
        said_on=record.said_on,
        due_on=record.due_on,
        embedding=embedding,
    )


def policy_from(space: SpaceRecord) -> Policy:
    """Return how a space wants messages judged."""
    wanted = space.settings.get("strictness")
    strictness: Literal["lenient", "normal", "strict"] = "normal"
    if wanted == "lenient":
        strictness = "lenient"
    elif wanted == "strict":
        strictness = "strict"
    return Policy(strictness=strictness, shadow=space.settings.get("shadow") is True)


def face_from(person: PersonRecord, space: SpaceRecord, route: Mapping[str, Any]) -> FaceChoice:
    """Return the face a person chose, else the space's; a message may name another one for itself (`say --face`)."""
    ombre = None
    moving = person.motion == "moving" and space.platform != "web"  # the web page shows her live above a still
    if person.height is not None and person.gradient is not None and not person.hair_cycling:
        ombre = Ombre(hue=person.hue, height=person.height, gradient=person.gradient)
    named = route.get("face") or person.face_id or space.settings.get("face")
    return FaceChoice(
        face_id=named if isinstance(named, str) else None,
        ombre=ombre,
        motion="moving" if moving else "still",
    )
