"""One-time codes for joining accounts, and the joining and parting of people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import RecordMissing
from storage.insertion import insert_row
from storage.records import AccountRecord, PersonRecord, from_row
from storage.repositories.inbox import UNFINISHED
from storage.repositories.outbox import UNSENT
from storage.tables import (
    accounts,
    appeals,
    audit_entries,
    conversations,
    ethics_events,
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

# What is kept for a person in a space; a space is on one platform, so this tells what an account brings and takes.
IN_SPACES = (memory_entries, inbox, turns, ethics_events, sanctions, appeals)
IN_CONVERSATIONS = (summaries, outbox)
WITH_EPOCH = (inbox, turns, outbox)


class LinkRepository:
    """A person has at most one account on each platform; joining and parting move whole platforms."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put_code(self, account_id: int, code_hash: str, ends_at: datetime) -> None:
        """Keep the hash of a fresh code; older codes of the account are void."""
        await self._connection.execute(delete(link_codes).where(link_codes.c.account_id == account_id))
        values = {"code_hash": code_hash, "account_id": account_id, "ends_at": ends_at}
        await insert_row(self._connection, link_codes, values)

    async def code_owner(self, code_hash: str, now: datetime) -> AccountRecord | None:
        """Return the account that made a code, None when the code is unknown, used or too old."""
        await self._connection.execute(delete(link_codes).where(link_codes.c.ends_at <= now))
        statement = select(accounts).where(
            accounts.c.id.in_(select(link_codes.c.account_id).where(link_codes.c.code_hash == code_hash))
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else from_row(AccountRecord, row)

    async def use_code(self, code_hash: str) -> bool:
        """Spend a code; False when someone else spent it."""
        statement = delete(link_codes).where(link_codes.c.code_hash == code_hash).returning(link_codes.c.code_hash)
        return (await self._connection.execute(statement)).one_or_none() is not None

    async def is_busy(self, person_id: int) -> bool:
        """Tell whether a message of a person is still being answered or sent."""
        working = select(inbox.c.id).where(inbox.c.person_id == person_id, inbox.c.state.in_(UNFINISHED))
        sending = select(outbox.c.id).where(outbox.c.person_id == person_id, outbox.c.state.in_(UNSENT))
        for statement in (working, sending):
            if (await self._connection.execute(statement.limit(1))).one_or_none() is not None:
                return True
        return False

    async def join(self, person_id: int, into_id: int) -> None:
        """Make one person of two: everything kept for `person_id` is kept for `into_id`, and `person_id` is no more.

        Neither may be busy. Preferences are those of `into_id`. What another transaction begins for the vanished
        person meanwhile is refused by the database and comes again.
        """
        await self._lock(person_id, into_id)
        into = await self._person(into_id)
        for table in (*IN_SPACES, *IN_CONVERSATIONS, images, accounts, conversations):
            values: dict[str, Any] = {"person_id": into_id}
            if table in WITH_EPOCH:
                values["epoch"] = into.epoch
            await self._connection.execute(update(table).where(table.c.person_id == person_id).values(values))
        about = audit_entries.c.target_person_id == person_id
        await self._connection.execute(update(audit_entries).where(about).values(target_person_id=into_id))
        await self._connection.execute(delete(people).where(people.c.id == person_id))

    async def part(self, account: AccountRecord, now: datetime) -> int:
        """Make a person of their own of an account, with what is kept of its platform; return the new person's id.

        The account's person may not be busy.
        """
        await self._lock(account.person_id)
        known = await self._person(account.person_id)
        values = {**_plain(known), "settings": dict(known.settings), "created_at": now}
        person_id = int((await insert_row(self._connection, people, values)).id)
        mine = select(spaces.c.id).where(spaces.c.platform == account.platform)
        talks = select(conversations.c.id).where(conversations.c.space_id.in_(mine))
        made = select(turns.c.id).where(turns.c.space_id.in_(mine))
        former, moved = account.person_id, {"person_id": person_id}
        pictures = (images.c.person_id == former) & images.c.turn_id.in_(made)
        await self._connection.execute(update(images).where(pictures).values(moved))
        for table in (*IN_SPACES, conversations):
            there = (table.c.person_id == former) & table.c.space_id.in_(mine)
            await self._connection.execute(update(table).where(there).values(moved))
        for table in IN_CONVERSATIONS:
            there = (table.c.person_id == former) & table.c.conversation_id.in_(talks)
            await self._connection.execute(update(table).where(there).values(moved))
        about = (audit_entries.c.target_person_id == former) & audit_entries.c.space_id.in_(mine)
        await self._connection.execute(update(audit_entries).where(about).values(target_person_id=person_id))
        await self._connection.execute(update(accounts).where(accounts.c.id == account.id).values(moved))
        return person_id

    async def _lock(self, *person_ids: int) -> None:
        # In the order of ids, so that two who link each other at once do not wait for each other.
        statement = select(people.c.id).where(people.c.id.in_(person_ids)).order_by(people.c.id).with_for_update()
        await self._connection.execute(statement)

    async def _person(self, person_id: int) -> PersonRecord:
        row = (await self._connection.execute(select(people).where(people.c.id == person_id))).one_or_none()
        if row is None:
            raise RecordMissing(f"no person {person_id} is kept; look the account up again")
        return from_row(PersonRecord, row)


def _plain(person: PersonRecord) -> dict[str, Any]:
    names = ("epoch", "erased_epoch", "language", "timezone", "face_id", "hue", "height", "gradient", "hair_cycling")
    return {**{name: getattr(person, name) for name in names}, "motion": person.motion}
