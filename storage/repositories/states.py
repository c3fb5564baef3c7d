"""The adapters' small durable state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.insertion import put_row
from storage.tables import states


class StateRepository:
    """JSON objects under a key."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, key: str) -> dict[str, Any] | None:
        """Return the object under a key, None when there is none."""
        value = (await self._connection.execute(select(states.c.value).where(states.c.key == key))).scalar_one_or_none()
        return None if value is None else dict(value)

    async def put(self, key: str, value: Mapping[str, Any]) -> None:
        """Write the object under a key."""
        await put_row(self._connection, states, {"key": key}, {"value": dict(value)})

    async def delete(self, key: str) -> None:
        """Forget the object under a key."""
        await self._connection.execute(delete(states).where(states.c.key == key))
