"""The updates that wait for the bot: confirmed by getUpdates' offset, or by the webhook's 200."""

from __future__ import annotations

import asyncio
from typing import Any


class UpdateQueue:
    """Unconfirmed updates in order, as Telegram keeps them."""

    def __init__(self, first_id: int = 1000) -> None:
        self._next_id = first_id
        self._waiting: dict[int, dict[str, Any]] = {}
        self._all: dict[int, dict[str, Any]] = {}
        self._changed = asyncio.Condition()

    async def add(self, **content: Any) -> int:
        """Queue an update and return its id."""
        update = {"update_id": self._next_id, **content}
        self._next_id += 1
        self._all[update["update_id"]] = update
        await self.put_back(update["update_id"])
        return int(update["update_id"])

    async def put_back(self, update_id: int) -> None:
        """Queue an update once more, as after a crash before its confirmation."""
        async with self._changed:
            self._waiting[update_id] = self._all[update_id]
            self._changed.notify_all()

    def last_id(self) -> int:
        """Return the id of the latest update."""
        return self._next_id - 1

    def confirm(self, offset: int) -> None:
        """Forget every update below the offset."""
        for update_id in [known for known in self._waiting if known < offset]:
            del self._waiting[update_id]

    def confirm_one(self, update_id: int) -> None:
        """Forget one update (webhook)."""
        self._waiting.pop(update_id, None)

    def unconfirmed(self) -> list[int]:
        """Return the ids that are not confirmed."""
        return sorted(self._waiting)

    def ready(self, limit: int) -> list[dict[str, Any]]:
        """Return the oldest unconfirmed updates."""
        return [self._waiting[update_id] for update_id in sorted(self._waiting)[:limit]]

    async def wait(self, limit: int, timeout_s: float) -> list[dict[str, Any]]:
        """Return the oldest unconfirmed updates, waiting for one at most `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait_for(lambda: bool(self._waiting))
        except TimeoutError:
            return []
        return self.ready(limit)
