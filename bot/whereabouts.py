"""Who is talking and where: account, person, space and conversation, with the language and time zone that apply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.chat import Author, Place
from bot.texts import Language
from storage.records import ConversationRecord, PersonRecord, SpaceRecord
from storage.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Defaults:
    """What applies where neither the person nor the space has chosen."""

    language: Language
    timezone: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One person at one place."""

    person: PersonRecord
    space: SpaceRecord
    conversation: ConversationRecord
    language: Language
    zone: ZoneInfo


async def locate(work: UnitOfWork, place: Place, author: Author, now: datetime, defaults: Defaults) -> Whereabouts:
    """Find, or note for the first time, who and where this is."""
    account = await work.people.account(author.platform, author.account_id, author.display_name, author.language, now)
    person = await work.people.person(account.person_id)
    space = await work.spaces.space(place.platform, place.space_id, place.kind, place.space_name)
    in_direct_chat = place.kind == "direct"
    if in_direct_chat:
        await work.people.note_direct_chat(account, space.id)
    conversation = await work.spaces.conversation(space.id, place.channel_id, None if in_direct_chat else person.id)
    return Whereabouts(
        person=person,
        space=space,
        conversation=conversation,
        language=choose_language(person, space, author.language, defaults),
        zone=choose_zone(person, space, defaults),
    )


def choose_language(
    person: PersonRecord | None, space: SpaceRecord | None, hint: str | None, defaults: Defaults
) -> Language:
    """Return the person's language, else the space's, else what the platform says, else the service's."""
    for choice in (person.language if person else None, space.settings.get("language") if space else None):
        if choice in ("ko", "en"):
            return "ko" if choice == "ko" else "en"
    if hint:
        return "ko" if hint.lower().startswith("ko") else "en"
    return defaults.language


def choose_zone(person: PersonRecord | None, space: SpaceRecord, defaults: Defaults) -> ZoneInfo:
    """Return the person's time zone, else the space's, else the service's; unknown names count as unset."""
    for name in (person.timezone if person else None, space.settings.get("timezone")):
        if isinstance(name, str):
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                continue
    return ZoneInfo(defaults.timezone)
