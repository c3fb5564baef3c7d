"""What the operator's commands have in common: one act in one unit of work, as the operator, printed as JSON lines."""

from __future__ import annotations

import asyncio
import functools
import getpass
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import click

from bot.cli.starting import start
from bot.errors import BotError
from bot.moderation import Actor
from bot.settings import Settings
from storage.database import Storage
from storage.records import SpaceRecord
from storage.work import UnitOfWork

PLATFORMS = ("discord", "telegram", "web", "cli")
Act = Callable[[UnitOfWork, Settings], Awaitable[Any]]

platform_option = click.option("--platform", default="cli", show_default=True, help="discord, telegram, web or cli.")
space_option = click.option("--space", help="Only in this space (server or chat id); default: everywhere.")


def person_options(function: Callable[..., None]) -> Callable[..., None]:
    """Let a command name a person: `USER`, `PLATFORM:USER`, or --user with --platform."""

    @click.argument("who", required=False, metavar="[USER]")
    @click.option("--user", help="The account's id, as `mod blocks` shows it; the same as USER.")
    @platform_option
    @functools.wraps(function)
    def named(who: str | None, user: str | None, platform: str, **rest: Any) -> None:
        name = user or who
        if not name:
            raise click.UsageError("name the USER, e.g. me or discord:1234")
        prefix, _, account = name.partition(":")
        if account and prefix in PLATFORMS:
            platform, name = prefix, account
        function(user=name, platform=platform, **rest)

    return named


def _ask_reason(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    if value is not None:
        return value
    if sys.stdin.isatty():
        return str(click.prompt("Why (kept in the audit log)"))
    return "none given"


reason_option = click.option("--reason", callback=_ask_reason, help="Why; asked for at a terminal, kept in the log.")


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


def print_rows(rows: list[dict[str, Any]], nothing: str) -> None:
    """Print one JSON object a line, or one sentence when there is none."""
    if not rows:
        click.echo(nothing)
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False, default=_json_value))


def _json_value(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
