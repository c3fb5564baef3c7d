"""The nightly sweep: what has been kept long enough, and what an erasure could not reach, goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.repositories.blanking import EMPTY, blank_inbox, blank_outbox, blank_turns, remove_images
from storage.repositories.inbox import UNFINISHED
from storage.repositories.outbox import UNSENT
from storage.tables import appeals, images, inbox, outbox, people, summaries, turns


class RetentionRepository:
    """Blanks texts and removes images; memory stays until its person forgets it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def sweep(self, texts_before: datetime | None, images_before: datetime | None) -> list[str]:
        """Blank the texts of finished messages and remove images from before a time (None = keep them).

        What was still in work when its person erased everything is blanked in any case, once it is finished.

        Returns:
            the image files to delete after the commit.
        """
        paths = await self._leftovers()
        if texts_before is not None:
            await blank_inbox(self._connection, inbox.c.finished_at < texts_before)
            await blank_turns(self._connection, (turns.c.created_at < texts_before) & _turn_is_over())
            await blank_outbox(self._connection, outbox.c.settled_at < texts_before)
            await self._connection.execute(delete(summaries).where(summaries.c.made_at < texts_before))
            decided = update(appeals).where(appeals.c.decided_at < texts_before)
            await self._connection.execute(decided.values(words="", place=EMPTY, author=EMPTY))
        if images_before is not None:
            old = (images.c.created_at < images_before) & ~_is_unsent()
            paths += await remove_images(self._connection, old)
        return paths

    async def _leftovers(self) -> list[str]:
        await blank_inbox(self._connection, _is_erased(inbox) & inbox.c.state.not_in(UNFINISHED))
        over = _is_erased(turns) & _turn_is_over()
        unwanted = select(turns.c.id).where(over)
        paths = await remove_images(self._connection, images.c.turn_id.in_(unwanted) & ~_is_unsent())
        await blank_turns(self._connection, over)
        await blank_outbox(self._connection, _is_erased(outbox) & outbox.c.state.not_in(UNSENT))
        return paths


def _is_erased(table: Table) -> ColumnElement[bool]:
    return exists().where(people.c.id == table.c.person_id, people.c.erased_epoch > table.c.epoch)


def _turn_is_over() -> ColumnElement[bool]:
    return ~exists().where(inbox.c.id == turns.c.inbox_id, inbox.c.state.in_(UNFINISHED))


def _is_unsent() -> ColumnElement[bool]:
    return exists().where(outbox.c.image_id == images.c.id, outbox.c.state.in_(UNSENT))
