"""The moderators' audit log."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.insertion import insert_row
from storage.records import AuditRecord, from_row
from storage.tables import audit_entries


class AuditRepository:
    """Who did what to whom, and when; nothing is changed or removed."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        at: datetime,
        actor_platform: str,
        actor_account: str,
        actor_name: str,
        act: str,
        space_id: int | None,
        target_person_id: int | None,
        details: Mapping[str, Any] | None = None,
    ) -> AuditRecord:
        """Write one act down."""
        values = {
            "at": at,
            "actor_platform": actor_platform,
            "actor_account": actor_account,
            "actor_name": actor_name,
            "act": act,
            "space_id": space_id,
            "target_person_id": target_person_id,
            "details": dict(details or {}),
        }
        return from_row(AuditRecord, await insert_row(self._connection, audit_entries, values))

    async def list(self, space_id: int | None, limit: int = 50) -> builtins.list[AuditRecord]:
        """Return the last acts in a space (None = in every space), newest first."""
        statement = select(audit_entries).order_by(audit_entries.c.id.desc()).limit(limit)
        if space_id is not None:
            statement = statement.where(audit_entries.c.space_id == space_id)
        return [from_row(AuditRecord, row) for row in await self._connection.execute(statement)]
