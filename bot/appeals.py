"""Appeals: a person says that a warning or block is wrong, and those who may decide hear of it with the evidence.

In a server or group its moderators decide; a direct chat has none, so there the operators do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.button_ids import button_id
from bot.chat import Author, Button, Place, PlatformName
from bot.chat_json import author_from, author_json, button_json, place_from, place_json
from bot.clock import nonce_of
from bot.moderation import Actor, write_down
from bot.notices import Speech, clock_text, where_text
from bot.platform_names import platform_named, space_kind
from bot.sanction_review import overturn_events
from bot.texts import Texts
from bot.whereabouts import Defaults, Whereabouts, choose_language, choose_zone
from storage.records import AppealRecord, EventRecord, SanctionRecord, SpaceRecord
from storage.work import UnitOfWork

Decision = Literal["upheld", "overturned"]
LONGEST_WORDS = 500
LONGEST_EVIDENCE = 700  # characters shown; the whole appeal must fit one message of every platform


@dataclass(frozen=True, slots=True)
class Court:
    """What deciding needs to know of the service."""

    texts: Texts
    defaults: Defaults
    operators: frozenset[tuple[str, str]]
    fade_days: int
    now: datetime


async def open_appeal(
    work: UnitOfWork, court: Court, who: Whereabouts, place: Place, author: Author, sanction_id: int, words: str
) -> str:
    """Open the caller's appeal against a sanction and tell who decides; return the key of what to answer."""
    sanction = await work.ethics.sanction(sanction_id)
    if sanction is None or sanction.person_id != who.person.id:
        return "appeal.not_yours"
    known = await work.appeals.of_sanction(sanction.id)
    if known is not None:
        return f"appeal.is_{known.state}"
    if sanction.lifted_at is not None:
        return "appeal.lifted"
    appeal = await work.appeals.open(
        sanction_id=sanction.id,
        person_id=sanction.person_id,
        space_id=sanction.space_id,
        words=" ".join(words.split())[:LONGEST_WORDS],
        language=who.language,
        place=place_json(place),
        author=author_json(author),
        at=court.now,
    )
    if appeal is None:
        return "appeal.is_open"
    space = await work.spaces.get(appeal.space_id)
    for number, judge in enumerate(await _judges(work, court, space)):
        await _tell(work, court, appeal, judge, number)
    return "appeal.sent_operator" if space.kind == "direct" else "appeal.sent"


async def decide(work: UnitOfWork, court: Court, actor: Actor, appeal: AppealRecord, decision: Decision) -> bool:
    """Decide an appeal and tell the person; False when it was decided before.

    An overturned sanction counts for nothing from now on: its events no longer raise a level, its block ends, and
    later blocks that stood on it are shortened.
    """
    by = actor.key
    await work.people.hold(appeal.person_id)  # levels are read and written under it, as in commit A
    if not await work.appeals.decide(appeal.id, decision, by, court.now):
        return False
    sanction = await work.ethics.sanction(appeal.sanction_id)
    space = await work.spaces.get(appeal.space_id)
    if decision == "overturned" and sanction is not None:
        reason = f"appeal {appeal.id}"
        await overturn_events(work, await events_of(work, sanction), by, reason, court.now, court.fade_days)
        await work.ethics.lift(sanction.id, by=by, reason=reason, at=court.now)
    details = {"appeal": appeal.id, "sanction": appeal.sanction_id}
    await write_down(work, actor, f"appeal-{decision}", space, appeal.person_id, details, court.now)
    await _tell_person(work, court, appeal, decision)
    return True


async def events_of(work: UnitOfWork, sanction: SanctionRecord) -> list[EventRecord]:
    """Return the ethics events that a sanction followed from; a block given by hand has none."""
    if sanction.turn_id is None:
        return []
    events = await work.ethics.events(sanction.person_id, sanction.space_id)
    return [event for event in events if event.turn_id == sanction.turn_id]


async def appeal_text(work: UnitOfWork, speech: Speech, appeal: AppealRecord) -> str:
    """Write an appeal with its evidence, as those who decide see it."""
    sanction = await work.ethics.sanction(appeal.sanction_id)
    if sanction is None:
        return speech.text("appeal.gone", id=appeal.id)
    space = await work.spaces.get(appeal.space_id)
    events = await events_of(work, sanction)
    lines = [
        speech.text("appeal.opening", id=appeal.id, person=_names(appeal)),
        speech.text(
            f"appeal.what_{sanction.kind}",
            categories=", ".join(speech.text(f"category.{category}") for category in sanction.categories),
            at=clock_text(sanction.starts_at, speech.zone),
            until=clock_text(sanction.ends_at, speech.zone),
            scope=where_text(speech, space, sanction.channel_key),
        ),
        *(_event_line(speech, event) for event in events),
        speech.text("appeal.evidence", text=await _evidence(work, sanction) or speech.text("appeal.not_kept")),
    ]
    if sanction.reason:
        lines.append(speech.text("notice.moderators_reason", reason=sanction.reason))
    if appeal.words:
        lines.append(speech.text("appeal.words", words=appeal.words))
    if appeal.decided_by is not None:
        lines.append(speech.text(f"appeal.was_{appeal.state}", by=appeal.decided_by))
    return "\n".join(lines)


def decision_buttons(speech: Speech, appeal_id: int) -> tuple[Button, ...]:
    """Return the two buttons that decide an appeal."""
    return (
        Button(button_id("overturn", appeal_id), speech.text("button.overturn"), "good"),
        Button(button_id("uphold", appeal_id), speech.text("button.uphold"), "danger"),
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    """Where those who decide read an appeal, and how to talk to them."""

    place: Place
    author: Author
    speech: Speech


async def _judges(work: UnitOfWork, court: Court, space: SpaceRecord) -> list[_Judge]:
    if space.kind != "direct":
        channel = space.settings.get("moderators_channel")
        if not isinstance(channel, str):
            return []  # it waits in /appeals
        place = Place(platform_named(space.platform), space.space_key, space_kind(space.kind), channel, space.name)
        language = choose_language(None, space, None, court.defaults)
        zone = choose_zone(None, space, court.defaults)
        return [_Judge(place, Author(place.platform, ""), Speech(court.texts, language, zone))]
    found = [await _operator(work, court, *operator) for operator in sorted(court.operators)]
    return [judge for judge in found if judge is not None]


async def _operator(work: UnitOfWork, court: Court, platform: str, account_id: str) -> _Judge | None:
    account = await work.people.find(platform, account_id)
    if account is None or account.direct_space_id is None:
        return None
    person = await work.people.person(account.person_id)
    space = await work.spaces.get(account.direct_space_id)
    name: PlatformName = platform_named(platform)
    place = Place(name, space.space_key, "direct", space.space_key)
    language = choose_language(person, space, account.language, court.defaults)
    return _Judge(
        place, Author(name, account_id), Speech(court.texts, language, choose_zone(person, space, court.defaults))
    )


async def _tell(work: UnitOfWork, court: Court, appeal: AppealRecord, judge: _Judge, number: int) -> None:
    place = judge.place
    space = await work.spaces.find(place.platform, place.space_id)
    assert space is not None, "the place was read from storage in this work"
    conversation = await work.spaces.conversation(space.id, place.channel_id, None)
    await work.outbox.add(
        inbox_id=None,
        turn_id=None,
        conversation_id=conversation.id,
        platform=place.platform,
        kind="notice",
        text=await appeal_text(work, judge.speech, appeal),
        image_id=None,
        nonce=nonce_of(place.platform, "appeal", str(appeal.id), str(number)),
        place=place_json(place),
        author=author_json(judge.author),
        route={},
        buttons=[button_json(button) for button in decision_buttons(judge.speech, appeal.id)],
        person_id=appeal.person_id,  # erasing the person reaches this text too
        now=court.now,
    )


async def _tell_person(work: UnitOfWork, court: Court, appeal: AppealRecord, decision: Decision) -> None:
    if not appeal.place or not appeal.author:
        return  # erased meanwhile: there is nobody to tell
    place, author = place_from(appeal.place), author_from(appeal.author)
    space = await work.spaces.find(place.platform, place.space_id)
    if space is None:
        return
    owner = None if place.kind == "direct" else appeal.person_id
    conversation = await work.spaces.conversation(space.id, place.channel_id, owner)
    key = f"appeal.result_{decision}"
    await work.outbox.add(
        inbox_id=None,
        turn_id=None,
        conversation_id=conversation.id,
        platform=place.platform,
        kind="notice",
        text=court.texts.get(appeal.language, key, name=author.display_name or author.account_id),
        image_id=None,
        nonce=nonce_of(place.platform, "appeal", str(appeal.id), "result"),
        place=appeal.place,
        author=appeal.author,
        route={},
        person_id=appeal.person_id,
        now=court.now,
    )


async def _evidence(work: UnitOfWork, sanction: SanctionRecord) -> str:
    turn = await work.turns.get(sanction.turn_id) if sanction.turn_id is not None else None
    if turn is None or turn.inbox_id is None:
        return ""
    text = (await work.inbox.get(turn.inbox_id)).text
    return text if len(text) <= LONGEST_EVIDENCE else text[:LONGEST_EVIDENCE] + " ..."


def _event_line(speech: Speech, event: EventRecord) -> str:
    return speech.text(
        "appeal.event",
        id=event.id,
        category=speech.text(f"category.{event.category}"),
        level=event.level,
        score=f"{event.score:.2f}",
        rule=event.rule,
    )


def _names(appeal: AppealRecord) -> str:
    if not appeal.author:
        return "-"
    author = author_from(appeal.author)
    return f"{author.display_name} ({author.account_id})" if author.display_name else author.account_id
