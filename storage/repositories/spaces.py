"""Spaces, their settings, and the conversations in them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import RecordMissing
from storage.insertion import insert_if_absent, put_row
from storage.records import ConversationRecord, SpaceRecord, from_row
from storage.tables import conversations, space_settings, spaces


class SpaceRepository:
    """Servers, groups and direct chats."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def space(self, platform: str, space_key: str, kind: str, name: str = "") -> SpaceRecord:
        """Return the space, made at the first meeting; keep its kind and name current (an empty name changes none)."""
        same = (spaces.c.platform == platform) & (spaces.c.space_key == space_key)
        known = await self._one(same)
        if known is None:
            values = {"platform": platform, "space_key": space_key, "kind": kind, "name": name}
            await insert_if_absent(self._connection, spaces, values)
            known = await self._one(same)
        if known is None:
            raise RecordMissing("a space vanished while it was being met; hand the message over again")
        if kind != known.kind or name not in ("", known.name):
            values = {"kind": kind, "name": name or known.name}
            await self._connection.execute(update(spaces).where(same).values(values))
            known = await self.get(known.id)
        return known

    async def find(self, platform: str, space_key: str) -> SpaceRecord | None:
        """Return the space if she has met it."""
        return await self._one((spaces.c.platform == platform) & (spaces.c.space_key == space_key))

    async def all_of(self, platform: str) -> list[SpaceRecord]:
        """Return every space of a platform that she has met, oldest first."""
        ids = await self._connection.execute(
            select(spaces.c.id).where(spaces.c.platform == platform).order_by(spaces.c.id)
        )
        return [await self.get(space_id) for space_id in ids.scalars().all()]

    async def get(self, space_id: int) -> SpaceRecord:
        """Return a space.

        Raises:
            RecordMissing: there is no such space.
        """
        known = await self._one(spaces.c.id == space_id)
        if known is None:
            raise RecordMissing(f"no space {space_id} is kept; look the place up again")
        return known

    async def settings(self, space_id: int) -> dict[str, Any]:
        """Return what the moderators of a space set."""
        statement = select(space_settings).where(space_settings.c.space_id == space_id).order_by(space_settings.c.key)
        return {row.key: row.value for row in await self._connection.execute(statement)}

    async def set_setting(self, space_id: int, key: str, value: Any) -> None:
        """Set one setting to a JSON value; None unsets it."""
        identity = {"space_id": space_id, "key": key}
        if value is not None:
            await put_row(self._connection, space_settings, identity, {"value": value})
            return
        same = (space_settings.c.space_id == space_id) & (space_settings.c.key == key)
        await self._connection.execute(delete(space_settings).where(same))

    async def conversation(self, space_id: int, channel_key: str, person_id: int | None) -> ConversationRecord:
        """Return the mailbox of a channel, made when it is new; `person_id` in servers and groups, None in direct."""
        owner = conversations.c.person_id
        same = (
            (conversations.c.space_id == space_id)
            & (conversations.c.channel_key == channel_key)
            & (owner.is_(None) if person_id is None else owner == person_id)
        )
        for _ in range(2):
            row = (await self._connection.execute(select(conversations).where(same))).one_or_none()
            if row is not None:
                return from_row(ConversationRecord, row)
            values = {"space_id": space_id, "channel_key": channel_key, "person_id": person_id}
            made = await insert_if_absent(self._connection, conversations, values)
            if made is not None:
                return from_row(ConversationRecord, made)
        row = (await self._connection.execute(select(conversations).where(same))).one()
        return from_row(ConversationRecord, row)

    async def conversation_by_id(self, conversation_id: int) -> ConversationRecord:
        """Return a conversation.

        Raises:
            RecordMissing: there is no such conversation.
        """
        statement = select(conversations).where(conversations.c.id == conversation_id)
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            raise RecordMissing(f"no conversation {conversation_id} is kept; look the place up again")
        return from_row(ConversationRecord, row)

    async def _one(self, condition: ColumnElement[bool]) -> SpaceRecord | None:
        row = (await self._connection.execute(select(spaces).where(condition))).one_or_none()
        if row is None:
            return None
        return SpaceRecord(**row._mapping, settings=await self.settings(row.id))
