"""Takes the texts out of rows that must stay, and removes images."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, cast, delete, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import images, inbox, outbox, turns

EMPTY: dict[str, Any] = {}


async def blank_inbox(connection: AsyncConnection, condition: ColumnElement[bool]) -> None:
    """Blank messages; their platform ids stay, so that a replayed message is still known."""
    blank = {"text": "", "place": EMPTY, "author": EMPTY, "route": EMPTY}
    filled = or_(inbox.c.text != "", cast(inbox.c.author, Text) != "{}", cast(inbox.c.route, Text) != "{}")
    await connection.execute(update(inbox).where(condition, filled).values(blank))


async def blank_turns(connection: AsyncConnection, condition: ColumnElement[bool]) -> None:
    """Blank answers, notices, summaries and traces; outcome and times stay."""
    blank = {
        "answer": None,
        "notice": None,
        "summary": None,
        "expression": None,
        "show_request": None,
        "trace": EMPTY,
        "image_id": None,
    }
    filled = or_(
        turns.c.answer.is_not(None),
        turns.c.notice.is_not(None),
        turns.c.summary.is_not(None),
        turns.c.expression.is_not(None),
        turns.c.show_request.is_not(None),
        cast(turns.c.trace, Text) != "{}",
    )
    await connection.execute(update(turns).where(condition, filled).values(blank))


async def blank_outbox(connection: AsyncConnection, condition: ColumnElement[bool]) -> None:
    """Blank outgoing messages; nonce and state stay."""
    blank = {"text": "", "place": EMPTY, "author": EMPTY, "route": EMPTY, "buttons": None, "image_id": None}
    filled = or_(outbox.c.text != "", cast(outbox.c.author, Text) != "{}", cast(outbox.c.route, Text) != "{}")
    await connection.execute(update(outbox).where(condition, filled).values(blank))


async def remove_images(connection: AsyncConnection, condition: ColumnElement[bool]) -> list[str]:
    """Remove the rows of images; return the files that are to be deleted after the commit."""
    return list((await connection.execute(delete(images).where(condition).returning(images.c.path))).scalars())
