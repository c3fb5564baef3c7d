"""Erases a person: every text goes, sanctions stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, delete, exists, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.records import InboxState, OutboxState
from storage.repositories.blanking import EMPTY, blank_inbox, blank_outbox, blank_turns, remove_images
from storage.repositories.inbox import ERASED, UNFINISHED
from storage.repositories.outbox import UNSENT
from storage.tables import (
    accounts,
    appeals,
    audit_entries,
    ethics_events,
    ethics_overturns,
    images,
    inbox,
    link_codes,
    memory_entries,
    outbox,
    people,
    sanctions,
    spaces,
    summaries,
    turns,
)


async def erase_person(connection: AsyncConnection, person_id: int, epoch: int, now: datetime) -> list[str]:
    """Erase what is kept about a person whose new epoch is `epoch`; return the image files to delete."""
    await connection.execute(delete(memory_entries).where(memory_entries.c.person_id == person_id))
    await connection.execute(delete(summaries).where(summaries.c.person_id == person_id))
    await _settle_messages(connection, person_id, now)
    await blank_turns(connection, turns.c.person_id == person_id)
    paths = await remove_images(connection, images.c.person_id == person_id)
    await _take_texts_off_sanctions(connection, person_id)
    await _forget_names(connection, person_id, epoch)
    return paths


async def _settle_messages(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    mine = inbox.c.person_id == person_id
    await blank_inbox(connection, mine)
    # Work in hand goes on and may still be answered; its old epoch keeps it from being remembered.
    waits = inbox.c.state == InboxState.WAITING
    await connection.execute(
        update(inbox)
        .where(mine, inbox.c.state.in_(UNFINISHED))
        .values(
            state=case((waits, InboxState.SET_ASIDE.value), else_=inbox.c.state),
            finished_at=case((waits, now), else_=None),
            refusal=ERASED,
        )
    )
    await blank_outbox(connection, outbox.c.person_id == person_id)
    await connection.execute(
        update(outbox)
        .where(outbox.c.person_id == person_id, outbox.c.state.in_(UNSENT))
        .values(state=OutboxState.FAILED.value, failure=ERASED, settled_at=now, not_before=None)
    )


async def _take_texts_off_sanctions(connection: AsyncConnection, person_id: int) -> None:
    # The hash of a short text can be guessed back to the text, so it counts as text.
    mine = ethics_events.c.person_id == person_id
    await connection.execute(update(ethics_events).where(mine).values(evidence_hash=None))
    overturned = ethics_overturns.c.event_id.in_(select(ethics_events.c.id).where(mine))
    await connection.execute(update(ethics_overturns).where(overturned).values(reason=""))
    await connection.execute(
        update(sanctions).where(sanctions.c.person_id == person_id).values(reason=None, lift_reason=None)
    )
    appealed = appeals.c.person_id == person_id
    await connection.execute(update(appeals).where(appealed).values(words="", place=EMPTY, author=EMPTY))


async def _forget_names(connection: AsyncConnection, person_id: int, epoch: int) -> None:
    direct = select(inbox.c.space_id).where(inbox.c.person_id == person_id)
    await connection.execute(update(spaces).where(spaces.c.kind == "direct", spaces.c.id.in_(direct)).values(name=""))
    about = audit_entries.c.target_person_id == person_id
    await connection.execute(update(audit_entries).where(about).values(details=EMPTY))
    mine = accounts.c.person_id == person_id
    acted = tuple_(audit_entries.c.actor_platform, audit_entries.c.actor_account).in_(
        select(accounts.c.platform, accounts.c.account_id).where(mine)
    )
    await connection.execute(update(audit_entries).where(acted).values(actor_name=""))
    await connection.execute(
        update(people)
        .where(people.c.id == person_id)
        .values(
            erased_epoch=epoch,
            settings=EMPTY,
            **dict.fromkeys(("language", "timezone", "face_id", "hue", "height", "gradient", "hair_cycling", "motion")),
        )
    )
    codes = link_codes.c.account_id.in_(select(accounts.c.id).where(mine))
    await connection.execute(delete(link_codes).where(codes))
    judged = exists().where(ethics_events.c.person_id == person_id)
    sanctioned = exists().where(sanctions.c.person_id == person_id)
    await connection.execute(update(accounts).where(mine).values(display_name="", language=None))
    await connection.execute(delete(accounts).where(mine, ~judged, ~sanctioned))
