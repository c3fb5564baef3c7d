"""One person on two platforms: joined by a one-time code, parted at any time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.memory_scope import SETTING, SHARED
from storage.records import AccountRecord
from storage.work import UnitOfWork

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are mistaken for another
LENGTH = 10  # 50 bits
LIFE = timedelta(minutes=10)
Share = Literal["all", "none"]
NewCode = Callable[[], str]


def new_code() -> str:
    """Return a fresh code such as `K7QWM-29XHR`."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return f"{letters[:5]}-{letters[5:]}"


def code_hash(code: str) -> str:
    """Return the hash by which a code is kept; case, spaces and hyphens do not matter."""
    plain = "".join(character for character in code.upper() if character in LETTERS)
    return hashlib.sha256(f"oh-lora link {plain}".encode()).hexdigest()


async def give_code(work: UnitOfWork, account: AccountRecord, code: str, now: datetime) -> None:
    """Make a code valid for ten minutes; an older one of the account is void."""
    await work.links.put_code(account.id, code_hash(code), now + LIFE)


@dataclass(frozen=True, slots=True)
class Offer:
    """Whom a code would join the caller to, or why it cannot (`refusal`, the key of a text)."""

    owner: AccountRecord | None
    refusal: str | None


async def offer_of(work: UnitOfWork, account: AccountRecord, code: str, now: datetime) -> Offer:
    """Look at a code without using it."""
    owner = await work.links.code_owner(code_hash(code), now)
    if owner is None:
        return Offer(None, "link.unknown")
    if owner.person_id == account.person_id:
        return Offer(owner, "link.own")
    theirs = {each.platform for each in await work.people.accounts(owner.person_id)}
    mine = {each.platform for each in await work.people.accounts(account.person_id)}
    if theirs & mine:
        return Offer(owner, "link.same_platform")
    for person_id in (owner.person_id, account.person_id):
        if await work.links.is_busy(person_id):
            return Offer(owner, "link.busy")
    return Offer(owner, None)


async def link(work: UnitOfWork, account: AccountRecord, code: str, share: Share, now: datetime) -> str | None:
    """Join the caller to the person who made the code; None when done, else the key of the refusal.

    The person who made the code keeps their preferences. With `share` "all" the direct chats of both accounts have one
    memory from now on; with "none" each keeps its own.
    """
    offer = await offer_of(work, account, code, now)
    if offer.refusal is not None or offer.owner is None:
        return offer.refusal or "link.unknown"
    if not await work.links.use_code(code_hash(code)):
        return "link.unknown"
    into = offer.owner.person_id
    # What waits to be blanked after an erasure must be blanked by the epochs of the person it was of.
    await work.links.join(account.person_id, into)
    person = await work.people.person(into)
    settings = {**person.settings, SETTING: SHARED if share == "all" else "separate"}
    await work.people.set_preferences(into, settings=settings)
    return None


async def unlink(work: UnitOfWork, account: AccountRecord, now: datetime) -> str | None:
    """Make the caller's account a person of their own again; None when done, else the key of the refusal.

    What was kept on its platform goes with it; what was kept on the others stays there.
    """
    accounts = await work.people.accounts(account.person_id)
    if len(accounts) < 2:
        return "unlink.alone"
    if await work.links.is_busy(account.person_id):
        return "link.busy"
    former = account.person_id
    parted = await work.links.part(account, now)
    for person_id, left in ((former, len(accounts) - 1), (parted, 1)):
        person = await work.people.person(person_id)
        if left == 1:
            settings = {name: value for name, value in person.settings.items() if name != SETTING}
            await work.people.set_preferences(person_id, settings=settings)
    return None
