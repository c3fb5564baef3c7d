"""The gateway: sessions that identify, resume, beat, and receive what they missed."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.e2e.discord_server.world import Json

if TYPE_CHECKING:
    from tests.e2e.discord_server.server import DiscordServer

MESSAGE_CONTENT = 1 << 15


@dataclass(slots=True)
class Session:
    """One gateway session; its events are kept so that a resumed connection gets what it missed."""

    id: str
    intents: int
    events: list[Json] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None

    async def dispatch(self, name: str, data: Json) -> None:
        event = {"op": 0, "t": name, "s": len(self.events) + 1, "d": data}
        self.events.append(event)
        await self.write(event)

    async def write(self, payload: Json) -> None:
        if self.socket is not None and not self.socket.closed:
            # As text: clients take it whatever compression they asked for.
            await self.socket.send_str(json.dumps(payload))


class Gateway:
    """All sessions, and what tests do to them."""

    def __init__(self, server: DiscordServer, heartbeat_ms: int) -> None:
        self._server = server
        self._heartbeat_ms = heartbeat_ms
        self.sessions: dict[str, Session] = {}
        self.heartbeats = 0
        self.identifies: list[Json] = []
        self.resumes: list[Json] = []
        self.held = False  # while set, nobody is let in
        self.refuses_contents = False  # whatever the portal says

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.held:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": self._heartbeat_ms}}))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._heard(socket, json.loads(message.data))
        finally:
            for session in self.sessions.values():
                if session.socket is socket:
                    session.socket = None
        return socket

    async def dispatch(self, name: str, data: Json, contents: Any = None) -> None:
        """Send an event to every session; `contents` makes the form for a session's intents."""
        for session in list(self.sessions.values()):
            await session.dispatch(name, contents(session.intents) if contents else data)

    async def drop(self, *, code: int | None = None) -> None:
        """Cut every connection: with a close code, or as a broken line does."""
        for session in list(self.sessions.values()):
            socket, session.socket = session.socket, None
            if socket is None:
                continue
            if code is not None:
                await socket.close(code=code)
            elif socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()

    def forget_sessions(self) -> None:
        """Let no session be resumed."""
        self.sessions.clear()

    async def order(self, op: int, data: Any = None) -> None:
        """Send an operation such as 7 (reconnect) or 9 (invalid session) to every session."""
        for session in list(self.sessions.values()):
            await session.write({"op": op, "d": data})

    async def close(self) -> None:
        await self.drop(code=1001)

    async def _heard(self, socket: web.WebSocketResponse, payload: Json) -> None:
        op, data = payload["op"], payload["d"]
        if op == 1:
            self.heartbeats += 1
            await socket.send_str(json.dumps({"op": 11, "d": None}))
        elif op == 2:
            await self._identify(socket, data)
        elif op == 6:
            await self._resume(socket, data)

    async def _identify(self, socket: web.WebSocketResponse, data: Json) -> None:
        self.identifies.append(data)
        if data["token"] != self._server.token:
            await socket.close(code=4004)
            return
        granted = self._server.content_intent and not self.refuses_contents
        if data["intents"] & MESSAGE_CONTENT and not granted:
            await socket.close(code=4014)
            return
        session = Session(secrets.token_hex(8), data["intents"], socket=socket)
        self.sessions[session.id] = session
        world = self._server
        await session.dispatch(
            "READY",
            {
                "v": 10,
                "user": world.bot.json(),
                "session_id": session.id,
                "resume_gateway_url": world.gateway_url,
                "shard": data.get("shard", [0, 1]),
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in world.guilds],
                "application": {"id": str(world.application_id), "flags": 0},
            },
        )
        for guild in world.guilds:
            await session.dispatch("GUILD_CREATE", guild.json(world.bot))

    async def _resume(self, socket: web.WebSocketResponse, data: Json) -> None:
        self.resumes.append(data)
        session = self.sessions.get(data["session_id"])
        if session is None:
            await socket.send_str(json.dumps({"op": 9, "d": False}))
            return
        session.socket = socket
        for event in session.events[data["seq"] :]:
            await session.write(event)
        await session.dispatch("RESUMED", {})
        await asyncio.sleep(0)
