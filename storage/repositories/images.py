"""Images that she made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.insertion import insert_row
from storage.records import ImageRecord, from_row
from storage.tables import images


class ImageRepository:
    """Where an image lies, and the hashes by which it is known again; the files themselves are the bot's."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        turn_id: str,
        person_id: int,
        path: str,
        mime: str,
        width: int,
        height: int,
        sha256: str,
        phash: str | None,
        alt_text: str,
        now: datetime,
    ) -> ImageRecord:
        """Keep an image; `width` and `height` in pixels, hashes in hexadecimal."""
        values = {
            "turn_id": turn_id,
            "person_id": person_id,
            "path": path,
            "mime": mime,
            "width": width,
            "height": height,
            "sha256": sha256,
            "phash": phash,
            "alt_text": alt_text,
            "created_at": now,
        }
        return from_row(ImageRecord, await insert_row(self._connection, images, values))

    async def get(self, image_id: int) -> ImageRecord | None:
        """Return an image, None when it is not kept."""
        row = (await self._connection.execute(select(images).where(images.c.id == image_id))).one_or_none()
        return None if row is None else from_row(ImageRecord, row)

    async def by_sha256(self, sha256: str) -> ImageRecord | None:
        """Return the first image with this content, None when she made none."""
        statement = select(images).where(images.c.sha256 == sha256).order_by(images.c.id).limit(1)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else from_row(ImageRecord, row)

    async def phashes(self) -> list[tuple[int, str]]:
        """Return (image id, perceptual hash) of every image that has one."""
        statement = select(images.c.id, images.c.phash).where(images.c.phash.is_not(None)).order_by(images.c.id)
        return [(row.id, row.phash) for row in await self._connection.execute(statement)]
