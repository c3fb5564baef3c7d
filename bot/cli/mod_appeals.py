"""`run_bot.py mod appeals|decide|pardon|block`: deciding appeals and blocking by hand, as the operator."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import click

from bot.appeals import Court, Decision, appeal_text, decide
from bot.block_length import block_length
from bot.cli.operating import (
    operator,
    person_of,
    person_options,
    print_rows,
    reason_option,
    run,
    space_option,
    spaces_of,
)
from bot.clock import utc_now
from bot.errors import BotError
from bot.moderation import block, pardon, write_down
from bot.notices import Speech
from bot.settings import Settings
from bot.texts import Texts
from bot.whereabouts import Defaults
from storage.work import UnitOfWork


def court_of(settings: Settings) -> Court:
    """Return what deciding appeals needs."""
    defaults = Defaults(settings.language, settings.timezone)
    return Court(Texts.load(), defaults, settings.operator_ids(), settings.fade_days, utc_now())


@click.command("appeals")
@click.option("--platform", help="Only this platform's; default: every one's.")
@space_option
def appeals(platform: str | None, space: str | None) -> None:
    """List the appeals that nobody has decided, with their evidence."""

    async def act(work: UnitOfWork, settings: Settings) -> list[dict[str, Any]]:
        court = court_of(settings)
        speech = Speech(court.texts, settings.language, ZoneInfo(settings.timezone))
        rows = []
        for appeal in await work.appeals.undecided(None):
            where = await work.spaces.get(appeal.space_id)
            if platform not in (None, where.platform) or space not in (None, where.space_key):
                continue
            rows.append(
                {
                    "id": appeal.id,
                    "at": appeal.opened_at.isoformat(),
                    "platform": where.platform,
                    "space": where.space_key,
                    "kind": where.kind,
                    "text": await appeal_text(work, speech, appeal),
                }
            )
        return rows

    print_rows(run(act), "no appeals are waiting")


@click.command("decide")
@click.argument("appeal_id", type=int)
@click.argument("decision", type=click.Choice(["uphold", "overturn"]))
@reason_option
def decide_appeal(appeal_id: int, decision: str, reason: str) -> None:
    """Decide APPEAL_ID: uphold leaves the sanction, overturn makes it count for nothing. The person is told."""
    made: Decision = "upheld" if decision == "uphold" else "overturned"

    async def act(work: UnitOfWork, settings: Settings) -> None:
        appeal = await work.appeals.get(appeal_id)
        if appeal is None:
            raise BotError(f"there is no appeal {appeal_id}; mod appeals lists them")
        court = court_of(settings)
        if not await decide(work, court, operator(), appeal, made):
            raise BotError(f"appeal {appeal_id} was decided before: {appeal.state}")
        where = await work.spaces.get(appeal.space_id)
        details = {"appeal": appeal.id, "reason": reason}
        await write_down(work, operator(), "appeal-reason", where, appeal.person_id, details, court.now)

    run(act)
    click.echo(f"appeal {appeal_id}: {made}")


@click.command("pardon")
@click.argument("event_id", type=int)
@reason_option
def pardon_event(event_id: int, reason: str) -> None:
    """Make the event EVENT_ID (see mod warnings) count for nothing; levels and blocks follow."""

    async def act(work: UnitOfWork, settings: Settings) -> int | None:
        event = await work.ethics.event(event_id)
        if event is None:
            raise BotError(f"there is no event {event_id}; mod warnings lists a person's")
        where = await work.spaces.get(event.space_id)
        return await pardon(work, operator(), where, event_id, reason, utc_now(), settings.fade_days)

    done = run(act) is not None
    click.echo(f"event {event_id} counts for nothing" + ("" if done else " already"))


@click.command("block")
@person_options
@click.option("--space", required=True, help="The space (server or chat id) to block in.")
@click.option("--channel", help="Only this channel; default: the whole space.")
@click.option("--length", required=True, help="How long: 30m, 12h, 3d, 2w.")
@reason_option
def block_person(user: str, platform: str, space: str, channel: str | None, length: str, reason: str) -> None:
    """Block a person by hand; they see the reason."""
    length_s = block_length(length)
    if length_s is None:
        raise click.BadParameter("write it as 30m, 12h, 3d or 2w", param_hint="--length")

    async def act(work: UnitOfWork, settings: Settings) -> str:
        person_id = await person_of(work, platform, user)
        [where] = await spaces_of(work, platform, space)
        made = await block(
            work,
            operator(),
            where,
            person_id,
            channel_key=channel,
            length_s=length_s,
            reason=reason,
            now=utc_now(),
        )
        return made.ends_at.isoformat()

    click.echo(f"{user} is blocked until {run(act)}")
