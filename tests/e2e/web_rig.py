"""The whole service with a small engine behind the web page, for tests over HTTP and in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar

from bot.app import App, open_app
from bot.platforms import configured_adapters
from bot.settings import Settings
from bot.web.adapter import WebAdapter
from tests.fakes import FakeEngine, FakeLoadedEngine


@dataclass
class WebWorld:
    """The running service and where its page is."""

    app: App
    address: str
    engine: FakeEngine
    loaded: FakeLoadedEngine

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0


@asynccontextmanager
async def web_world(
    folder: Path, engine: FakeEngine | None = None, faces: tuple[str, ...] | None = None, **settings: Any
) -> AsyncIterator[WebWorld]:
    """Start the service with its web page alone, on a free port."""
    used = engine or FakeEngine()
    values = {"data_dir": folder, "web_port": 0, "lease_s": 2.0, "stop_grace_s": 2.0, "face_grace_s": 5.0, **settings}

    loaded = FakeLoadedEngine(used)
    if faces is not None:
        loaded.face_ids = faces

    async def load(_: Settings) -> FakeLoadedEngine:
        return loaded

    configured = Settings(_env_file=None, **values)
    async with open_app(configured, load, configured_adapters) as app:
        [adapter] = app.adapters
        assert isinstance(adapter, WebAdapter)
        yield WebWorld(app, adapter.address, used, loaded)


class Visit:
    """One browser without a screen."""

    def __init__(self, session: ClientSession, address: str) -> None:
        self._session = session
        self._address = address

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Return the status and the JSON (or the bytes) of an answer."""
        async with self._session.request(method, self._address.rstrip("/") + path, **options) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else await response.read()

    async def headers(self, path: str) -> tuple[int, Mapping[str, str]]:
        async with self._session.get(self._address.rstrip("/") + path) as response:
            return response.status, response.headers

    async def say(self, text: str, message_id: str) -> tuple[int, Any]:
        return await self.ask("POST", "/api/messages", json={"id": message_id, "text": text})

    @asynccontextmanager
    async def events(self, after: str | None = None) -> AsyncIterator[ClientWebSocketResponse]:
        query = "" if after is None else f"?after={after}"
        async with self._session.ws_connect(f"{self._address}api/events{query}") as socket:
            yield socket

    @asynccontextmanager
    async def live(self) -> AsyncIterator[ClientWebSocketResponse]:
        async with self._session.ws_connect(f"{self._address}api/live") as socket:
            yield socket


@asynccontextmanager
async def visit(address: str) -> AsyncIterator[Visit]:
    """Open the page as a new visitor."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        visitor = Visit(session, address)
        status, _ = await visitor.ask("GET", "/")
        assert status == 200
        yield visitor


async def until_message(socket: ClientWebSocketResponse, count: int = 1) -> list[dict[str, Any]]:
    """Return the next messages that reach a page."""
    messages: list[dict[str, Any]] = []
    while len(messages) < count:
        event = await socket.receive_json(timeout=10)
        if event["event"] == "message":
            messages.append(event)
    return messages
