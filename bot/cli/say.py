"""`run_bot.py say`: one turn, or a file of turns, through inbox, worker, engine and storage."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from bot.app import App, open_app
from bot.chat import Author, IncomingMessage, Place, Taken
from bot.cli.cli_adapter import CliAdapter
from bot.cli.engine_loading import load_engine
from bot.cli.starting import start
from bot.clock import new_turn_id, utc_now
from bot.errors import BotError
from storage.records import InboxRecord, InboxState

SETTLED = (InboxState.DONE, InboxState.SET_ASIDE, InboxState.REFUSED)
LOOK_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it, where, and how."""

    user: str
    space: str | None
    channel: str
    at: datetime | None
    seed: int | None
    face: str | None
    out: Path | None


@click.command("say")
@click.argument("text", required=False)
@click.option("--file", "prompts", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Say each line.")
@click.option("--user", default="me", show_default=True, help="Who speaks; each user has memories of their own.")
@click.option("--space", help="A server's name; without it, a direct chat of the user.")
@click.option("--channel", default="general", show_default=True, help="The channel of the space.")
@click.option("--at", "at_text", metavar="ISO8601", help="When it is said (default now), e.g. 2026-05-01T09:30.")
@click.option("--seed", type=int, help="Fixes sampling, expression and hair: the same turn again.")
@click.option("--profile", help="mini, ohlora-v4 or ohlora-v1.")
@click.option("--face", help="A catalogue face, e.g. mini:3.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Copy the picture there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--jsonl", is_flag=True, help="With --file: one JSON object a line.")
def command(
    text: str | None,
    prompts: Path | None,
    user: str,
    space: str | None,
    channel: str,
    at_text: str | None,
    seed: int | None,
    profile: str | None,
    face: str | None,
    out: Path | None,
    as_json: bool,
    jsonl: bool,
) -> None:
    """Say TEXT to her and print the answer and where her picture is.

    It runs beside a started service as well: both share the database.
    """
    if (text is None) == (prompts is None):
        raise click.UsageError("give either TEXT or --file PROMPTS.txt")
    lines = [text] if text is not None else _read_lines(prompts)
    settings = start(quiet=True, profile=profile)
    speaker = Speaker(user, space, channel, _moment(at_text, settings.timezone), seed, face, out)

    async def run() -> None:
        async with open_app(settings, load_engine, lambda _: (CliAdapter(),)) as app:
            if face is not None and face not in app.engine.face_ids:
                raise BotError(f"there is no face {face!r} here; choose one of {', '.join(app.engine.face_ids)}")
            for line in lines:
                result = await say(app, speaker, line)
                if as_json or jsonl:
                    click.echo(json.dumps(result, ensure_ascii=False))
                else:
                    _print(result)

    asyncio.run(run())


async def say(app: App, speaker: Speaker, text: str) -> dict[str, Any]:
    """Hand one message in, wait until it is settled, and return the result of the JSON contract."""
    place = _place(speaker)
    message = IncomingMessage(
        place=place,
        author=Author("cli", speaker.user, speaker.user),
        chat_id=f"{place.space_id}/{place.channel_id}",
        message_id=new_turn_id(),
        text=text,
        sent_at=speaker.at or utc_now(),
        route={name: value for name, value in (("seed", speaker.seed), ("face", speaker.face)) if value is not None},
    )
    taken = await app.desk.take(message)
    assert taken is not Taken.DUPLICATE, "a fresh id cannot have been taken before"
    row = await _settled(app, message)
    return await _result(app, row, speaker.out)


def _place(speaker: Speaker) -> Place:
    if speaker.space is None:
        direct = f"direct-{speaker.user}"
        return Place("cli", direct, "direct", direct)
    return Place("cli", speaker.space, "server", speaker.channel, speaker.space)


async def _settled(app: App, message: IncomingMessage) -> InboxRecord:
    while True:
        async with app.storage.read() as work:
            row = await work.inbox.find(message.place.platform, message.chat_id, message.message_id)
        if row is not None and row.state in SETTLED:
            return row
        await asyncio.sleep(LOOK_EVERY_S)


async def _result(app: App, row: InboxRecord, out: Path | None) -> dict[str, Any]:
    async with app.storage.read() as work:
        turn = await work.turns.by_inbox(row.id)
        sent = await work.outbox.by_inbox(row.id)
        image = await work.images.get(turn.image_id) if turn is not None and turn.image_id is not None else None
        blocks = await work.ethics.active_blocks(row.person_id, row.space_id, row.sent_at)
    trace = dict(turn.trace) if turn is not None else {}
    until = max((block.ends_at for block in blocks if block.channel_key in (None, row.channel_key)), default=None)
    path = Path(image.path) if image is not None else None
    if path is not None and out is not None:
        path = _copy(path, out)
    return {
        "answer": turn.answer if turn is not None else None,
        "notice": "\n".join(message.text for message in sent if message.kind == "notice") or None,
        "blocked_until": until.isoformat() if until is not None else None,
        "verdict": trace.get("verdict"),
        "recalled": trace.get("recalled"),
        "remembered": trace.get("remembered"),
        "used_summary": trace.get("used_summary"),
        "summary": turn.summary if turn is not None else None,
        "expression": turn.expression if turn is not None else None,
        "face": trace.get("face"),
        "image": str(path) if path is not None else None,
        "timings_ms": {**trace.get("answer_ms", {}), **trace.get("show_ms", {})} or None,
        "turn_id": turn.id if turn is not None else None,
    }


def _copy(path: Path, out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(path, out / path.name))
    except OSError as error:
        raise BotError(f"cannot write to {out} ({error.strerror}); choose another --out") from error


def _print(result: dict[str, Any]) -> None:
    if result["notice"]:
        click.echo(result["notice"])
    if result["answer"]:
        click.echo(f"👱‍♀️ 오로라 : {result['answer'].strip()}")
    if result["image"]:
        click.echo(f"   ({result['image']})")


def _read_lines(path: Path | None) -> list[str]:
    assert path is not None
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise BotError(f"{path} is not UTF-8 text ({error.reason}); save it as UTF-8") from None


def _moment(text: str | None, zone: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("give a date and time such as 2026-05-01T09:30", param_hint="--at") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
