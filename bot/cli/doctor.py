"""`run_bot.py doctor`: look at everything before connecting; one line for each thing, with the remedy."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys

import click

from bot.cli.engine_loading import language_server
from bot.cli.starting import start, weights_folder
from bot.errors import BotError
from bot.findings import Finding
from bot.secret_key import secret_key
from bot.settings import Settings
from bot.texts import Texts
from storage.database import Storage
from storage.errors import StorageError
from weights.embedded import verify_embedded
from weights.errors import WeightsError
from weights.layout import EMBEDDED_PROFILE, profile_selection
from weights.verify import verify_folder

LEAST_FREE_BYTES = 500 * 1024 * 1024


@click.command("doctor")
@click.option("--profile", help="mini, ohlora-v4 or ohlora-v1.")
def command(profile: str | None) -> None:
    """Check settings, texts, database, weights, device and tokens; exit status 1 when something is wrong."""
    try:
        settings = start(quiet=True, profile=profile)
    except BotError as error:
        _show([Finding(ok=False, text=str(error))])
    else:
        _show(asyncio.run(examine(settings)))


def _show(findings: list[Finding]) -> None:
    for finding in findings:
        click.echo(f"{'ok   ' if finding.ok else 'WRONG'} {finding.text}")
    wrong = sum(not finding.ok for finding in findings)
    click.echo(f"{wrong} thing(s) to mend" if wrong else "everything looks fine")
    sys.exit(1 if wrong else 0)


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything, the quick local things first."""
    findings = [_settings(settings), _texts(), _data_dir(settings)]
    findings += [await _database(settings)]
    findings += await asyncio.to_thread(_models, settings)
    if settings.llm_backend == "openai":
        findings.append(await _server(settings))
    if settings.discord_token is not None:
        from bot.discord.doctor import check as check_discord

        findings += await check_discord(settings)
    if settings.telegram_token is not None:
        from bot.telegram.doctor import check_telegram

        findings += await check_telegram(settings)
    if settings.discord_token is None and settings.telegram_token is None:
        findings.append(Finding(ok=True, text="no Discord or Telegram token: only the local web page will start"))
    return findings


def _settings(settings: Settings) -> Finding:
    for pair in settings.operators.split(","):
        if pair.strip() and ":" not in pair:
            text = f"OHLORA_OPERATORS has {pair.strip()!r}; write platform:id, e.g. discord:1234"
            return Finding(ok=False, text=text)
    return Finding(ok=True, text=f"settings are readable (profile {settings.profile})")


def _texts() -> Finding:
    try:
        return Finding(ok=True, text=f"texts: {len(Texts.load().keys())} in Korean and English")
    except BotError as error:
        return Finding(ok=False, text=str(error))


def _data_dir(settings: Settings) -> Finding:
    folder = settings.data_dir
    try:
        secret_key(settings)
    except BotError as error:
        return Finding(ok=False, text=str(error))
    if not os.access(folder, os.W_OK):
        return Finding(ok=False, text=f"cannot write to {folder}; give its owner the right, or set OHLORA_DATA_DIR")
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        return Finding(ok=False, text=f"only {free // 2**20} MiB free at {folder}; make room or set OHLORA_DATA_DIR")
    return Finding(ok=True, text=f"data folder {folder} is writable")


async def _database(settings: Settings) -> Finding:
    try:
        storage = await Storage.open(settings.resolved_database_url())
        try:
            async with storage.read() as work:
                unfinished = await work.inbox.unfinished_total()
        finally:
            await storage.close()
    except StorageError as error:
        return Finding(ok=False, text=str(error))
    return Finding(ok=True, text=f"database is open and up to date ({unfinished} message(s) unanswered)")


async def _server(settings: Settings) -> Finding:
    from engine.errors import EngineError
    from engine.llm.openai import OpenAiGenerator

    try:
        server = language_server(settings)
        assert server is not None, "asked for with the openai backend only"
        generator = OpenAiGenerator({}, server)
        try:
            missing = sorted(set(server.models.values()) - await generator.known_models())
        finally:
            await generator.close()
    except (BotError, EngineError) as error:
        return Finding(ok=False, text=str(error))
    if missing:
        text = f"the language server has no model {', '.join(missing)}; check the OHLORA_OPENAI_MODEL settings"
        return Finding(ok=False, text=text)
    return Finding(ok=True, text=f"the language server at {server.base_url} answers and has every model")


def _models(settings: Settings) -> list[Finding]:
    folder = weights_folder(settings)
    try:
        selection = profile_selection(settings.profile)
        checked = verify_embedded(folder) if settings.profile == EMBEDDED_PROFILE else verify_folder(selection, folder)
    except WeightsError as error:
        return [Finding(ok=False, text=str(error))]
    wrong = [Finding(ok=False, text=f"weights: {row.name} {row.text}") for row in checked if not row.ok]
    if wrong:
        return wrong
    from engine.examination import examine_device

    ok, text = examine_device(
        settings.profile,
        folder,
        settings.device,
        quantize=settings.quantize,
        server=settings.llm_backend == "openai",
    )
    return [
        Finding(ok=True, text=f"weights: {len(checked)} file(s) of {folder} are as they should be"),
        Finding(ok, text),
    ]
