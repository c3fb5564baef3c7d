"""`run_bot.py serve`: every configured platform, until Ctrl+C or SIGTERM."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence

import click

from bot.app import Parts, open_app
from bot.chat import ChatAdapter
from bot.cli.engine_loading import load_engine
from bot.cli.starting import start
from bot.errors import BotError
from bot.platforms import configured_adapters


@click.command("serve")
@click.option("--profile", help="mini, ohlora-v4 or ohlora-v1.")
def command(profile: str | None) -> None:
    """Start every configured platform and run until Ctrl+C.

    With no token in .env that is the local web page, whose address is printed.
    """
    asyncio.run(serve(profile))


async def serve(profile: str | None) -> None:
    """Run the service until it is told to stop.

    Raises:
        BotError: no platform is configured.
    """
    settings = start(profile=profile)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    def make_adapters(parts: Parts) -> Sequence[ChatAdapter]:
        adapters = configured_adapters(parts)
        if not adapters:
            raise BotError("no platform is configured; set a token in .env or OHLORA_WEB_ENABLED=true")
        return adapters

    click.echo(f"Loading the models of profile {settings.profile} ...")
    async with open_app(settings, load_engine, make_adapters) as app:
        for adapter in app.adapters:
            click.echo(f"Oh-LoRA is on {adapter.platform}: {getattr(adapter, 'address', 'connected')}")
        await stop.wait()
        click.echo("Stopping: finishing the turns in hand ...")
    click.echo("Stopped.")
