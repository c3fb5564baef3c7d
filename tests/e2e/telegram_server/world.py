"""The unmodified adapter between the loopback server and a fake front desk."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.chat import Author, CommandSpec, OutgoingMessage, Picture, Place
from bot.settings import Settings
from bot.telegram.adapter import TelegramAdapter
from bot.texts import LANGUAGES, LOCALES, Texts
from tests.e2e.telegram_server.fake_front import FakeFront
from tests.e2e.telegram_server.server import TelegramServer

SECRET = "a-long_random-word"
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@dataclass(frozen=True, slots=True)
class World:
    """One server, one adapter, one front desk."""

    server: TelegramServer
    adapter: TelegramAdapter
    front: FakeFront


def settings_for(server: TelegramServer, **values: Any) -> Settings:
    """Return settings that point at the loopback server; the environment and .env play no part."""
    given: dict[str, Any] = {
        "telegram_token": server.token,
        "telegram_base_url": server.base_url,
        "telegram_webhook_port": 0,
        "stop_grace_s": 2.0,
    }
    return Settings(_env_file=None, **(given | values))


def texts_for(specs: Iterable[CommandSpec]) -> Texts:
    """Return the adapter's own texts and a description for each command."""
    with tempfile.TemporaryDirectory() as folder:
        for language in LANGUAGES:
            target = Path(folder) / language
            target.mkdir()
            shutil.copy(LOCALES / language / "telegram.po", target)
            rows = [f'msgid "command.{spec.name}"\nmsgstr "{language} {spec.name}"\n' for spec in specs]
            (target / "commands_of_the_test.po").write_text(HEADER + "\n".join(rows), encoding="utf-8")
        return Texts.load(Path(folder))


@asynccontextmanager
async def telegram_world(
    server: TelegramServer | None = None, front: FakeFront | None = None, **values: Any
) -> AsyncIterator[World]:
    """Start an adapter against a server (a fresh one unless given) and stop it afterwards."""
    os.environ["NO_PROXY"] = "127.0.0.1"
    own = server is None
    server = server or TelegramServer()
    if own:
        await server.start()
    front = front or FakeFront()
    adapter = TelegramAdapter(settings_for(server, **values), front, texts_for(front.specs))
    try:
        await adapter.start()
        yield World(server, adapter, front)
    finally:
        await adapter.stop()
        if own:
            await server.stop()


def picture_at(folder: Path, size: int = 100, mime: str = "image/png") -> Picture:
    """Write a file that looks like a picture to the server."""
    path = folder / f"face-{size}{'.png' if mime == 'image/png' else '.mp4'}"
    path.write_bytes(b"\x89PNG" + bytes(size - 4))
    return Picture(path, mime, "오로라의 얼굴", 256, 256)


def outgoing(
    chat_id: int,
    text: str,
    picture: Picture | None = None,
    *,
    kind: str = "reply",
    outbox_id: int = 1,
    message_id: int | None = None,
    topic: int | None = None,
    first_try: bool = True,
    after: dict[str, Any] | None = None,
) -> OutgoingMessage:
    """Return a logical message as the outbox hands it over."""
    space = str(chat_id)
    place = Place("telegram", space, "direct" if chat_id > 0 else "group", space if topic is None else str(topic), "")
    return OutgoingMessage(
        outbox_id=outbox_id,
        kind=kind,  # type: ignore[arg-type]
        place=place,
        author=Author("telegram", "11"),
        text=text,
        picture=picture,
        nonce=f"n{outbox_id}",
        route={"chat_id": chat_id, "message_id": message_id, "topic": topic},
        first_try=first_try,
        after=after,
    )
