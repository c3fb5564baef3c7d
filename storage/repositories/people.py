"""People, their accounts and their preferences."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Unpack

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import RecordMissing
from storage.insertion import insert_if_absent, insert_row
from storage.records import AccountRecord, PersonRecord, from_row
from storage.repositories.erasure import erase_person
from storage.repositories.export import export_person
from storage.rows import Preferences
from storage.tables import accounts, people


class PeopleRepository:
    """Accounts point to people; everything else is kept for the person."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def account(
        self, platform: str, account_id: str, display_name: str, language: str | None, now: datetime
    ) -> AccountRecord:
        """Return the account, made together with its person at the first meeting; keep its name and language current.

        An empty name or a missing language leaves what is known.
        """
        known = await self.find(platform, account_id)
        if known is None:
            known = await self._meet(platform, account_id, display_name, language, now)
        name, spoken = display_name or known.display_name, language or known.language
        if (name, spoken) == (known.display_name, known.language):
            return known
        changed = await self._connection.execute(
            update(accounts)
            .where(accounts.c.id == known.id)
            .values(display_name=name, language=spoken)
            .returning(*accounts.c)
        )
        return from_row(AccountRecord, changed.one())

    async def _meet(
        self, platform: str, account_id: str, display_name: str, language: str | None, now: datetime
    ) -> AccountRecord:
        person = await insert_row(self._connection, people, {"epoch": 0, "settings": {}, "created_at": now})
        values = {
            "person_id": person.id,
            "platform": platform,
            "account_id": account_id,
            "display_name": display_name,
            "language": language,
            "created_at": now,
        }
        made = await insert_if_absent(self._connection, accounts, values)
        if made is not None:
            return from_row(AccountRecord, made)
        # Someone else met this account at the same moment; theirs stays, and the person made here goes.
        await self._connection.execute(people.delete().where(people.c.id == person.id))
        known = await self.find(platform, account_id)
        if known is None:
            raise RecordMissing("an account vanished while it was being met; hand the message over again")
        return known

    async def find(self, platform: str, account_id: str) -> AccountRecord | None:
        """Return the account if she has met it."""
        statement = select(accounts).where(accounts.c.platform == platform, accounts.c.account_id == account_id)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else from_row(AccountRecord, row)

    async def accounts(self, person_id: int) -> list[AccountRecord]:
        """Return the accounts that point to a person, oldest first."""
        statement = select(accounts).where(accounts.c.person_id == person_id).order_by(accounts.c.id)
        return [from_row(AccountRecord, row) for row in await self._connection.execute(statement)]

    async def note_direct_chat(self, account: AccountRecord, space_id: int) -> None:
        """Remember where an account talks with her alone."""
        if account.direct_space_id != space_id:
            statement = update(accounts).where(accounts.c.id == account.id).values(direct_space_id=space_id)
            await self._connection.execute(statement)

    async def person(self, person_id: int) -> PersonRecord:
        """Return a person.

        Raises:
            RecordMissing: there is no such person.
        """
        row = (await self._connection.execute(select(people).where(people.c.id == person_id))).one_or_none()
        if row is None:
            raise RecordMissing(f"no person {person_id} is kept; look the account up again")
        return from_row(PersonRecord, row)

    async def hold(self, person_id: int) -> PersonRecord:
        """Return a person and keep others from committing for them until this work ends.

        One person may have several mailboxes; levels, memory and the epoch are read after this, inside commit A.

        Raises:
            RecordMissing: there is no such person.
        """
        statement = select(people.c.id).where(people.c.id == person_id).with_for_update(key_share=True)
        await self._connection.execute(statement)
        return await self.person(person_id)

    async def set_preferences(self, person_id: int, **changes: Unpack[Preferences]) -> PersonRecord:
        """Change what is named and leave the rest.

        Raises:
            RecordMissing: there is no such person.
        """
        if not changes:
            return await self.person(person_id)
        return await self._change(person_id, dict(changes))

    async def raise_epoch(self, person_id: int) -> int:
        """Begin a new epoch: what was begun in an older one may no longer be remembered. Return the new epoch.

        Raises:
            RecordMissing: there is no such person.
        """
        return (await self._change(person_id, {"epoch": people.c.epoch + 1})).epoch

    async def erase(self, person_id: int, now: datetime) -> list[str]:
        """Erase everything that the person said or that was made for them; return the image files to delete.

        A new epoch begins. Sanctions and ethics events stay, without any text, so that a block outlives an erasure;
        without any of them the accounts go as well. Storage.checkpoint() after the commit clears what was deleted out
        of the database's files.

        Raises:
            RecordMissing: there is no such person.
        """
        epoch = await self.raise_epoch(person_id)
        return await erase_person(self._connection, person_id, epoch, now)

    async def export(self, person_id: int) -> dict[str, Any]:
        """Return everything kept about a person as JSON values; times are ISO 8601.

        Raises:
            RecordMissing: there is no such person.
        """
        return await export_person(self._connection, await self.person(person_id))

    async def _change(self, person_id: int, values: dict[str, Any]) -> PersonRecord:
        statement = update(people).where(people.c.id == person_id).values(values).returning(*people.c)
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            raise RecordMissing(f"no person {person_id} is kept; look the account up again")
        return from_row(PersonRecord, row)
