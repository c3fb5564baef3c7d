"""Which deferred slash commands still wait for their first answer, as far as this process knows."""

from __future__ import annotations

import asyncio

MOST_KEPT = 1000


class OpenInteractions:
    """Remembers the interactions that this process defers and has not answered yet."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Task[bool]] = {}

    def opened(self, interaction_id: int, deferral: asyncio.Task[bool]) -> None:
        """Note an interaction with the call that defers it; the oldest are forgotten first."""
        self._waiting[interaction_id] = deferral
        while len(self._waiting) > MOST_KEPT:
            del self._waiting[next(iter(self._waiting))]

    async def claim(self, interaction_id: int) -> bool:
        """Tell, once, whether an interaction is known to wait; what is not known must be asked of Discord.

        Waits for the deferral: an answer that overtook it would find nothing to fill.
        """
        deferral = self._waiting.pop(interaction_id, None)
        return deferral is not None and await asyncio.shield(deferral)
