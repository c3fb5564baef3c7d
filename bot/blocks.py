"""Whether a person may talk here and now: the block that ends last among those that apply to the channel."""

from __future__ import annotations

from datetime import datetime

from bot.chat import SpaceKind
from storage.records import SanctionRecord
from storage.work import UnitOfWork


async def block_now(
    work: UnitOfWork, person_id: int, space_id: int, channel_key: str, at: datetime
) -> SanctionRecord | None:
    """Return the active block of this person in this channel (or its whole space) that ends last, if any."""
    blocks = await work.ethics.active_blocks(person_id, space_id, at)
    here = [block for block in blocks if block.channel_key in (None, channel_key)]
    return max(here, key=lambda block: block.ends_at, default=None)


def scope_of(kind: SpaceKind, channel_key: str | None) -> str:
    """Name the scope of a block for the texts: direct, channel or space."""
    if kind == "direct":
        return "direct"
    return "space" if channel_key is None else "channel"
