"""The REST API: what a chat bot asks of Discord, with Discord's error codes."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, web

from tests.e2e.discord_server.world import (
    EPHEMERAL,
    LOADING,
    Channel,
    Interaction,
    Json,
    SentFile,
    attachment_json,
    message_json,
)

if TYPE_CHECKING:
    from tests.e2e.discord_server.server import DiscordServer

LARGEST_BODY = 12 * 1024 * 1024
CHANGE_LATER = 6  # callback type of a click: the clicked message may be changed afterwards
_WITHOUT_TOKEN = re.compile(r"^/(interactions|webhooks)/")


@dataclass(frozen=True, slots=True)
class Call:
    """One REST call that arrived."""

    method: str
    path: str
    payload: Json
    files: tuple[SentFile, ...]
    status: int


@dataclass(slots=True)
class Fault:
    """What happens to the next calls that fit, instead of an answer."""

    method: str
    path: re.Pattern[str]
    times: int
    status: int
    body: Json
    after_work: bool  # the work is done, but the answer is lost


class Refused(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


Work = Callable[[web.Request, Json, tuple[SentFile, ...]], Awaitable["Json | list[Json] | None"]]


class Rest:
    """Handles the calls and keeps a list of them."""

    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self.calls: list[Call] = []
        self.faults: list[Fault] = []

    def routes(self, base: str) -> list[web.RouteDef]:
        table: list[tuple[str, str, Work]] = [
            ("GET", "/gateway/bot", self._gateway),
            ("GET", "/users/@me", self._me),
            ("GET", "/users/@me/guilds", self._guilds),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/applications/{app}/commands", self._commands),
            ("PUT", "/applications/{app}/commands", self._put_commands),
            ("GET", "/channels/{channel}", self._channel_info),
            ("GET", "/channels/{channel}/messages", self._history),
            ("POST", "/channels/{channel}/messages", self._post_message),
            ("PATCH", "/channels/{channel}/messages/{message}", self._patch_message),
            ("POST", "/channels/{channel}/typing", self._typing),
            ("POST", "/interactions/{id}/{token}/callback", self._callback),
            ("GET", "/webhooks/{app}/{token}/messages/{message}", self._get_answer),
            ("PATCH", "/webhooks/{app}/{token}/messages/{message}", self._patch_answer),
            ("POST", "/webhooks/{app}/{token}", self._follow_up),
        ]
        routes = [web.route(method, base + path, self._handler(base, work)) for method, path, work in table]
        return [*routes, web.get("/attachments/{id}/{name}", self._attachment)]

    async def _attachment(self, request: web.Request) -> web.Response:
        file = self._server.uploads.get(request.match_info["id"])
        return web.Response(status=404) if file is None else web.Response(body=file.content)

    def _handler(self, base: str, work: Work) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            path = request.path.removeprefix(base)
            payload, files = await _body(request)
            fault = self._fault(request.method, path)
            answer: Json | list[Json] | None = None
            status = 200
            if fault is None or fault.after_work:
                try:
                    self._authorise(request, path)
                    answer = await work(request, payload, files)
                    status = 200 if answer is not None else 204
                except Refused as refused:
                    status, answer = refused.status, {"code": refused.code, "message": refused.message}
            if fault is not None:
                status, answer = fault.status, fault.body
            self.calls.append(Call(request.method, path, payload, files, status))
            return _answer(status, answer)

        return handle

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.method == method and fault.path.search(path):
                fault.times -= 1
                if fault.times == 0:
                    self.faults.remove(fault)
                return fault
        return None

    def _authorise(self, request: web.Request, path: str) -> None:
        if _WITHOUT_TOKEN.match(path):
            return
        if request.headers.get("Authorization") != f"Bot {self._server.token}":
            raise Refused(401, 0, "401: Unauthorized")

    # Who she is

    async def _gateway(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> Json:
        limit = {"total": 1000, "remaining": self._server.session_starts, "reset_after": 1, "max_concurrency": 1}
        return {"url": self._server.gateway_url, "shards": 1, "session_start_limit": limit}

    async def _me(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> Json:
        return self._server.bot.json()

    async def _guilds(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> list[Json]:
        return [
            {"id": str(guild.id), "name": guild.name, "permissions": str(guild.granted), "features": []}
            for guild in self._server.guilds
        ]

    async def _application(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> Json:
        return {
            "id": str(self._server.application_id),
            "name": "Oh-LoRA",
            "description": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": self._server.bot.json(),
            "verify_key": "",
            "flags": (1 << 19) if self._server.content_intent else 0,
        }

    async def _commands(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> list[Json]:
        return self._server.commands

    async def _put_commands(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> list[Json]:
        self._server.commands = list(payload["list"])
        return self._server.commands

    # Channels

    def _channel(self, request: web.Request) -> Channel:
        channel = self._server.channel(int(request.match_info["channel"]))
        if channel is None:
            raise Refused(404, 10003, "Unknown Channel")
        return channel

    async def _channel_info(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> Json:
        return self._channel(request).json()

    async def _history(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> list[Json]:
        channel = self._channel(request)
        if self._server.hides_history:
            raise Refused(403, 50001, "Missing Access")
        limit, after = int(request.query.get("limit", 50)), int(request.query.get("after", 0))
        before = int(request.query.get("before", 1 << 63))
        fitting = [each for each in channel.messages if after < int(each["id"]) < before]
        chosen = fitting[:limit] if "after" in request.query else fitting[-limit:]
        return [self._in_history(each) for each in reversed(chosen)]

    def _in_history(self, message: Json) -> Json:
        hidden = () if self._server.history_has_nonce else ("nonce",)
        return {key: value for key, value in message.items() if key not in ("guild_id", "member", *hidden)}

    async def _post_message(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> Json:
        channel = self._channel(request)
        if channel.refuses is not None:
            raise Refused(*channel.refuses)
        self._check_content(payload, files)
        if self._server.refuse_replies and payload.get("message_reference"):
            raise Refused(400, 160002, "Cannot reply without permission to read message history")
        nonce = payload.get("nonce")
        if nonce is not None and payload.get("enforce_nonce") and self._server.remembers_nonces:
            for message in channel.messages:
                if message.get("nonce") == nonce:
                    return message
        message = message_json(self._server.new_id(), channel, self._server.bot, payload.get("content") or "")
        message |= {"nonce": nonce, "attachments": self._attachments(payload, files)}
        message["components"] = payload.get("components") or []
        reference = payload.get("message_reference")
        if reference is not None:
            ids = {key: str(value) for key, value in reference.items() if key.endswith("_id")}
            message |= {"type": 19, "message_reference": reference | ids}
        channel.messages.append(message)
        await self._server.announce(message)
        return message

    async def _patch_message(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> Json:
        channel = self._channel(request)
        message = next((each for each in channel.messages if each["id"] == request.match_info["message"]), None)
        if message is None:
            raise Refused(404, 10008, "Unknown Message")
        self._edit(message, payload, files)
        return message

    async def _typing(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> None:
        self._server.typings.append(self._channel(request).id)

    # Interactions

    def _interaction(self, request: web.Request) -> Interaction:
        found = self._server.interaction(request.match_info["token"])
        if found is None or found.expired or not found.deferred:
            raise Refused(404, 10015, "Unknown Webhook")
        return found

    async def _callback(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> None:
        found = self._server.interaction(request.match_info["token"])
        if found is None or found.expired:
            raise Refused(404, 10062, "Unknown interaction")
        if found.deferred:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        found.callbacks.append(payload)
        if payload["type"] == CHANGE_LATER:
            if found.clicked is None:
                raise Refused(400, 50035, "Invalid Form Body")
            return
        flags = LOADING | int(payload.get("data", {}).get("flags", 0))
        self._new_answer(found, "", flags, 20)

    async def _get_answer(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> Json:
        return self._answer_of(self._interaction(request), request)

    async def _patch_answer(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> Json:
        message = self._answer_of(self._interaction(request), request)
        self._edit(message, payload, files)
        message["flags"] = int(message.get("flags", 0)) & ~LOADING
        return message

    async def _follow_up(self, request: web.Request, payload: Json, files: tuple[SentFile, ...]) -> Json:
        self._check_content(payload, files)
        found = self._interaction(request)
        message = self._new_answer(found, payload.get("content") or "", int(payload.get("flags", 0)), 0)
        message["attachments"] = self._attachments(payload, files)
        message["components"] = payload.get("components") or []
        return message

    def _new_answer(self, found: Interaction, content: str, flags: int, kind: int) -> Json:
        message = message_json(self._server.new_id(), found.channel, self._server.bot, content, type=kind, flags=flags)
        message["interaction_metadata"] = {
            "id": str(found.id),
            "type": 2,
            "user": found.user.json(),
            "authorizing_integration_owners": {},
        }
        found.answers.append(message)
        if not flags & EPHEMERAL:
            found.channel.messages.append(message)
        return message

    def _answer_of(self, found: Interaction, request: web.Request) -> Json:
        wanted = request.match_info["message"]
        if wanted == "@original":
            return found.clicked or found.answers[0]
        for message in found.answers:
            if message["id"] == wanted:
                return message
        raise Refused(404, 10008, "Unknown Message")

    # Contents

    def _edit(self, message: Json, payload: Json, files: tuple[SentFile, ...]) -> None:
        self._check_content(payload, files, edit=True)
        if "content" in payload:
            message["content"] = payload["content"] or ""
        if "attachments" in payload:
            message["attachments"] = self._attachments(payload, files)
        if "components" in payload:
            message["components"] = payload["components"]

    def _check_content(self, payload: Json, files: tuple[SentFile, ...], *, edit: bool = False) -> None:
        content = payload.get("content") or ""
        if len(content) > 2000:
            raise Refused(400, 50035, "Invalid Form Body")
        if not edit and not content and not files:
            raise Refused(400, 50006, "Cannot send an empty message")
        if any(len(file.content) > 10 * 1024 * 1024 for file in files):
            raise Refused(413, 40005, "Request entity too large")
        rows = payload.get("components") or []
        buttons = [button for row in rows for button in row["components"]]
        ids = [button["custom_id"] for button in buttons]
        fitting = len(rows) <= 5 and all(len(row["components"]) <= 5 for row in rows) and len(ids) == len(set(ids))
        if not fitting or not all(0 < len(each["custom_id"]) <= 100 and len(each["label"]) <= 80 for each in buttons):
            raise Refused(400, 50035, "Invalid Form Body")

    def _attachments(self, payload: Json, files: tuple[SentFile, ...]) -> list[Json]:
        made = []
        for row, file in zip(payload.get("attachments", []), files, strict=False):
            described = SentFile(file.name, row.get("description"), file.content)
            kind = "image/png" if file.name.endswith("png") else "application/octet-stream"
            attachment = attachment_json(self._server.new_id(), described, kind)
            self._server.uploads[attachment["id"]] = described
            made.append(attachment)
        return made


async def _body(request: web.Request) -> tuple[Json, tuple[SentFile, ...]]:
    if request.content_type == "multipart/form-data":
        payload: Json = {}
        files: list[SentFile] = []
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            content = bytes(await part.read())
            if part.name == "payload_json":
                payload = json.loads(content)
            else:
                files.append(SentFile(part.filename or "", None, content))
        return payload, tuple(files)
    text = await request.text()
    loaded = json.loads(text) if text else {}
    return (loaded if isinstance(loaded, dict) else {"list": loaded}), ()


def _answer(status: int, answer: Json | list[Json] | None) -> web.Response:
    # discord.py reads JSON only under exactly this content type, and a 429 only with Via (else it is Cloudflare's).
    headers = {"Content-Type": "application/json"}
    if status == 429:
        headers["Via"] = "1.1 loopback"
    if status == 204:
        return web.Response(status=204)
    return web.Response(status=status, body=json.dumps(answer).encode(), headers=headers)
