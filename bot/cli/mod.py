"""`run_bot.py mod`: what an operator may do, from the command line; every act stands in the audit log."""

from __future__ import annotations

import asyncio
import getpass
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import click

from bot.cli.mod_evaluate import command as evaluate
from bot.cli.starting import start
from bot.clock import utc_now
from bot.errors import BotError
from bot.moderation import Actor, blocks, erase, reset_memory, unblock
from bot.pictures import PictureStore
from bot.settings import Settings
from storage.database import Storage
from storage.records import SpaceRecord
from storage.work import UnitOfWork

Act = Callable[[UnitOfWork, Settings], Awaitable[Any]]

platform_option = click.option("--platform", default="cli", show_default=True, help="discord, telegram, web or cli.")
user_option = click.option("--user", required=True, help="The account's id on that platform.")
space_option = click.option("--space", help="Only in this space (server or chat id); default: everywhere.")
reason_option = click.option("--reason", required=True, help="Why; it is kept in the audit log.")


@click.group("mod")
def command() -> None:
    """Moderate from the command line, as the operator."""


command.add_command(evaluate)


def operator() -> Actor:
    """Return the operator as the actor: the system user who runs the command."""
    name = getpass.getuser()
    return Actor("cli", name, f"operator {name}")


def run(act: Act) -> Any:
    """Run one act in one unit of work and clear what it deleted out of the database's files."""

    async def opened() -> Any:
        settings = start(quiet=True)
        storage = await Storage.open(settings.resolved_database_url())
        try:
            async with storage.work() as work:
                result = await act(work, settings)
            await storage.checkpoint()
            return result
        finally:
            await storage.close()

    return asyncio.run(opened())


async def person_of(work: UnitOfWork, platform: str, user: str) -> int:
    """Return the person behind an account.

    Raises:
        BotError: she has never met it.
    """
    account = await work.people.find(platform, user)
    if account is None:
        raise BotError(f"no account {user!r} on {platform}; check --user and --platform")
    return account.person_id


async def spaces_of(work: UnitOfWork, platform: str, space: str | None) -> list[SpaceRecord]:
    """Return the named space, or every space of the platform.

    Raises:
        BotError: there is no such space.
    """
    if space is None:
        return await work.spaces.all_of(platform)
    found = await work.spaces.find(platform, space)
    if found is None:
        raise BotError(f"no space {space!r} on {platform}; check --space and --platform")
    return [found]


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

    _print_rows(run(act), "nobody is blocked")


@command.command("unblock")
@user_option
@platform_option
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
@user_option
@platform_option
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

    _print_rows(run(act), "nothing is recorded")


@command.command("reset-memory")
@user_option
@platform_option
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
@user_option
@platform_option
def export(user: str, platform: str) -> None:
    """Print everything kept about a person as JSON."""

    async def act(work: UnitOfWork, settings: Settings) -> dict[str, Any]:
        return await work.people.export(await person_of(work, platform, user))

    click.echo(json.dumps(run(act), ensure_ascii=False, indent=2, default=str))


@command.command("erase")
@user_option
@platform_option
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

    _print_rows(run(act), "the audit log is empty")


def _print_rows(rows: list[dict[str, Any]], nothing: str) -> None:
    if not rows:
        click.echo(nothing)
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False, default=_json_value))


def _json_value(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
