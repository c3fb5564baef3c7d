"""Which memories she has of a person at a place.

Each space has its own. Only a person who linked accounts and asked for it has one memory for all their direct chats;
what was said in a direct chat never enters a server.
"""

from __future__ import annotations

from storage.records import MemoryRecord, PersonRecord, SpaceRecord
from storage.work import UnitOfWork

SHARED = "shared"
SETTING = "direct_memory"


def shares_direct_memory(person: PersonRecord) -> bool:
    """Tell whether a person's direct chats on different platforms share one memory."""
    return person.settings.get(SETTING) == SHARED


async def memories_at(work: UnitOfWork, person: PersonRecord, space: SpaceRecord) -> list[MemoryRecord]:
    """Return what she may recall of a person in a space, oldest first."""
    if space.kind == "direct" and shares_direct_memory(person):
        return await work.memory.direct_entries(person.id)
    return await work.memory.entries(person.id, space.id)


async def forget_at(work: UnitOfWork, person: PersonRecord, space: SpaceRecord) -> int:
    """Forget what `memories_at` gives, with the summaries there and work in hand; return how many entries went."""
    entries = await memories_at(work, person, space)
    for entry in entries:
        await work.memory.delete(entry.id)
    for space_id in {space.id, *(entry.space_id for entry in entries)}:
        await work.summaries.clear(person.id, space_id)
    await work.people.raise_epoch(person.id)
    return len(entries)
