"""`run_bot.py mod`: what an operator may do, from the command line; every act stands in the audit log."""

from __future__ import annotations

import json
from typing import Any

import click

from bot.cli.mod_appeals import appeals, block_person, decide_appeal, pardon_event
from bot.cli.mod_evaluate import command as evaluate
from bot.cli.operating import (
    operator,
    person_of,
    person_options,
    platform_option,
    print_rows,
    reason_option,
    run,
    space_option,
    spaces_of,
)
from bot.clock import utc_now
from bot.moderation import blocks, erase, reset_memory, unblock
from bot.pictures import PictureStore
from bot.settings import Settings
from storage.work import UnitOfWork


@click.group("mod")
def command() -> None:
    """Moderate from the command line, as the operator."""


command.add_command(evaluate)


@command.command("blocks")
@platform_option
@space_option
def list_blocks(platform: str, space: str | None) -> None:
    """List active blocks: who, where, until when, why."""

    async def act(work: UnitOfWork, settings: Settings) -> list[dict[str, Any]]:
        rows = []
        for where in await spaces_of(work, platform, space):
            for block in await blocks(work, where, utc_now()):
                accounts = await work.people.accounts(block.person_id)
                rows.append(
                    {
                        "user": ", ".join(f"{account.platform}:{account.account_id}" for account in accounts),
                        "space": where.space_key,
                        "channel": block.channel_key or "(all)",
                        "until": block.ends_at.isoformat(),
                        "categories": list(block.categories),
                    }
                )
        return rows

    print_rows(run(act), "nobody is blocked")


@command.command("unblock")
@person_options
@space_option
@reason_option
def lift(user: str, platform: str, space: str | None, reason: str) -> None:
    """Lift a person's active blocks."""

    async def act(work: UnitOfWork, settings: Settings) -> int:
        person_id = await person_of(work, platform, user)
        lifted = 0
        for where in await spaces_of(work, platform, space):
            lifted += await unblock(work, operator(), where, person_id, reason, utc_now())
        return lifted

    lifted = run(act)
    click.echo(f"lifted {lifted} block(s) of {user}" if lifted else f"{user} is not blocked")


@command.command("warnings")
@person_options
def list_warnings(user: str, platform: str) -> None:
    """List a person's warnings and blocks ever recorded."""

    async def act(work: UnitOfWork, settings: Settings) -> list[dict[str, Any]]:
        events = await work.ethics.events(await person_of(work, platform, user), None)
        return [
            {
                "id": event.id,
                "at": event.at.isoformat(),
                "category": event.category,
                "level": event.level,
                "score": round(event.score, 4),
                "rule": event.rule,
                "block_s": event.block_s,
                "overturned": event.overturned_at is not None,
                "shadow": event.shadow,
            }
            for event in events
        ]

    print_rows(run(act), "nothing is recorded")


@command.command("reset-memory")
@person_options
@space_option
@reason_option
def forget(user: str, platform: str, space: str | None, reason: str) -> None:
    """Reset what she remembers of a person."""

    async def act(work: UnitOfWork, settings: Settings) -> int:
        person_id = await person_of(work, platform, user)
        removed = 0
        for where in await spaces_of(work, platform, space):
            removed += await reset_memory(work, operator(), where, person_id, reason, utc_now())
        return removed

    click.echo(f"forgot {run(act)} memories of {user}")


@command.command("export")
@person_options
def export(user: str, platform: str) -> None:
    """Print everything kept about a person as JSON."""

    async def act(work: UnitOfWork, settings: Settings) -> dict[str, Any]:
        return await work.people.export(await person_of(work, platform, user))

    click.echo(json.dumps(run(act), ensure_ascii=False, indent=2, default=str))


@command.command("erase")
@person_options
@click.option("--yes", is_flag=True, help="Really erase.")
def erase_person(user: str, platform: str, yes: bool) -> None:
    """Erase a person's memory, messages, pictures and summaries; active blocks stay, without text."""
    if not yes:
        raise click.UsageError("erasing cannot be undone; add --yes")

    async def act(work: UnitOfWork, settings: Settings) -> int:
        paths = await erase(work, operator(), await person_of(work, platform, user), utc_now())
        await PictureStore(settings.data_dir / "pictures").remove(paths)
        return len(paths)

    click.echo(f"erased everything of {user}, {run(act)} picture(s) among it")


@command.command("audit")
@platform_option
@space_option
@click.option("--limit", default=50, show_default=True)
def audit(platform: str, space: str | None, limit: int) -> None:
    """Show who did what and when, the latest first."""

    async def act(work: UnitOfWork, settings: Settings) -> list[dict[str, Any]]:
        space_id = (await spaces_of(work, platform, space))[0].id if space is not None else None
        rows = []
        for entry in await work.audit.list(space_id, limit):
            accounts = await work.people.accounts(entry.target_person_id) if entry.target_person_id else []
            rows.append(
                {
                    "at": entry.at.isoformat(),
                    "by": f"{entry.actor_platform}:{entry.actor_account}",
                    "act": entry.act,
                    "target": ", ".join(f"{account.platform}:{account.account_id}" for account in accounts),
                    **entry.details,
                }
            )
        return rows

    print_rows(run(act), "the audit log is empty")


for subcommand in (appeals, decide_appeal, pardon_event, block_person):
    command.add_command(subcommand)
