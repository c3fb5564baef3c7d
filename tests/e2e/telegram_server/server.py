"""The loopback Bot API server and its scripting interface."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientError, ClientSession, web

from tests.e2e.telegram_server.methods import METHODS, units
from tests.e2e.telegram_server.records import ChatRecord, Fault, Sent, UserRecord
from tests.e2e.telegram_server.requests import ApiError, ApiRequest, ok, read_request
from tests.e2e.telegram_server.updates import UpdateQueue

TOKEN = "123456:loopback-token"


class TelegramServer:
    """Telegram as far as a bot can tell: `async with TelegramServer() as server`."""

    def __init__(self, token: str = TOKEN, username: str = "ohlora_bot") -> None:
        self.token = token
        self.me = UserRecord(999, "오로라", username, None, is_bot=True)
        self.reads_all_messages = False
        self.users: dict[int, UserRecord] = {}
        self.chats: dict[int, ChatRecord] = {}
        self.updates = UpdateQueue()
        self.sent: list[Sent] = []
        self.calls: list[str] = []
        self.chat_actions: list[tuple[int, int | None, str]] = []
        self.menus: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.click_answers: dict[str, str] = {}
        self.edits: list[tuple[int, int]] = []
        self.files: dict[str, bytes] = {}
        self.webhook_url: str | None = None
        self.webhook_secret: str | None = None
        self.webhook_error: str | None = None
        self._faults: list[Fault] = []
        self._message_id = 0
        self._news = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._polls = 0
        self._pushing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1 and push to the webhook while one is set."""
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_get("/file/bot{token}/photos/{file_id}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self._pushing = asyncio.create_task(self._push_to_webhook())

    async def stop(self) -> None:
        """Stop listening; what is known is kept, `start` opens it again."""
        if self._pushing is not None:
            self._pushing.cancel()
            await asyncio.gather(self._pushing, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._runner is not None
        return int(self._runner.addresses[0][1])

    @property
    def base_url(self) -> str:
        """What goes into OHLORA_TELEGRAM_BASE_URL."""
        return f"http://127.0.0.1:{self.port}/bot"

    # People and chats

    def person(self, user_id: int, name: str = "지민", username: str | None = None, language: str = "ko") -> UserRecord:
        """Make an account that has pressed Start."""
        user = self.users[user_id] = UserRecord(user_id, name, username, language)
        self.chats.setdefault(user_id, ChatRecord(user_id, "private"))
        return user

    def stranger(self, user_id: int, name: str = "낯선이", username: str | None = None) -> UserRecord:
        """Make an account that never pressed Start: the bot cannot write to it."""
        user = self.users[user_id] = UserRecord(user_id, name, username)
        self.chats[user_id] = ChatRecord(user_id, "private", forbidden=True)
        return user

    def direct(self, user: UserRecord) -> ChatRecord:
        """Return someone's direct chat."""
        return self.chats[user.id]

    def group(
        self, chat_id: int, title: str = "모임", admins: set[int] | None = None, topics: set[int] | None = None
    ) -> ChatRecord:
        """Make a group (negative id)."""
        chat = self.chats[chat_id] = ChatRecord(chat_id, "supergroup", title, set(admins or ()), set(topics or ()))
        return chat

    def user(self, user_id: int) -> UserRecord:
        """Return an account."""
        return self.users.get(user_id) or UserRecord(user_id)

    # What people do

    async def say(
        self,
        chat: ChatRecord,
        user: UserRecord,
        text: str | None = None,
        /,
        *,
        reply_to: int | None = None,
        topic: int | None = None,
        kind: str = "message",
        **content: Any,
    ) -> int:
        """Let someone write; `content` adds or replaces fields of the message. Return the message id."""
        message: dict[str, Any] = {
            "message_id": self.next_message_id(),
            "date": int(time.time()),
            "chat": chat.as_json(),
            "from": user.as_json(),
        }
        if text is not None:
            message |= {"text": text, "entities": self._entities(text)}
        if topic is not None:
            message |= {"message_thread_id": topic, "is_topic_message": True}
        if reply_to is not None:
            message["reply_to_message"] = chat.messages[reply_to]
        message |= content
        chat.messages[message["message_id"]] = message
        await self.updates.add(**{kind: message})
        return int(message["message_id"])

    async def click(self, chat: ChatRecord, user: UserRecord, message_id: int, label: str) -> str:
        """Click the button of a message whose label holds `label`; return the click's id."""
        rows = chat.messages[message_id].get("reply_markup", {}).get("inline_keyboard", [])
        [data] = [key["callback_data"] for row in rows for key in row if label in key["text"]]
        return await self.click_data(chat, user, message_id, data)

    async def click_data(self, chat: ChatRecord, user: UserRecord, message_id: int, data: str) -> str:
        """Click a button by its data, whether the message has it or not; return the click's id."""
        click_id = str(self.next_message_id())
        query = {
            "id": click_id,
            "from": user.as_json(),
            "message": chat.messages[message_id],
            "chat_instance": "1",
            "data": data,
        }
        await self.updates.add(callback_query=query)
        return click_id

    def photo(self, content: bytes) -> list[dict[str, Any]]:
        """Keep a photo; return it as messages name it."""
        file_id = f"file{len(self.files)}"
        self.files[file_id] = content
        size = {"width": 256, "height": 256, "file_size": len(content)}
        return [{"file_id": file_id, "file_unique_id": f"u{file_id}", **size}]

    async def replay_last(self) -> None:
        """Send the latest update once more."""
        await self.updates.put_back(self.updates.last_id())

    # What goes wrong

    def fail_next(
        self,
        status: int,
        *,
        method: str | None = None,
        times: int = 1,
        retry_after: int | None = None,
        carried_out: bool = False,
    ) -> None:
        """Fail the next matching requests; `carried_out` does the work and then drops the connection."""
        self._faults.append(Fault(status, method, times, retry_after, carried_out))

    # What the bot did

    async def wait_sent(self, count: int = 1, timeout_s: float = 5.0) -> list[Sent]:
        """Return everything sent, once there are at least `count`."""
        await self.wait_until(lambda: len(self.sent) >= count, timeout_s)
        return self.sent

    async def wait_until(self, happened: Callable[[], bool], timeout_s: float = 5.0) -> None:
        """Wait until a condition about this server holds; fails after `timeout_s`."""
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(happened)

    async def wait_confirmed(self, timeout_s: float = 5.0) -> None:
        """Wait until every update is confirmed."""
        await self.wait_until(lambda: not self.updates.unconfirmed(), timeout_s)

    def next_message_id(self) -> int:
        """Return a fresh message id."""
        self._message_id += 1
        return self._message_id

    def note_sent(self, sent: Sent) -> None:
        """Keep what the bot sent."""
        self.sent.append(sent)

    # The server

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return ApiError(401, "Unauthorized").response()
        call = await read_request(request, method)
        self.calls.append(method)
        fault = self._fault(method)
        try:
            if fault is not None and not fault.carried_out:
                return self._fail(fault)
            if method == "getUpdates":
                return ok(await self._get_updates(call))
            if method not in METHODS:
                raise ApiError(404, "Not Found: method not found")
            result = METHODS[method](self, call)
        except ApiError as error:
            return error.response()
        finally:
            await self._tell_news()
        if fault is not None:
            _drop(request)
        return ok(result)

    def _fault(self, method: str) -> Fault | None:
        for fault in self._faults:
            if fault.method == method or (fault.method is None and method != "getUpdates"):
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    def _fail(self, fault: Fault) -> web.Response:
        if fault.status == 429:
            wait = fault.retry_after or 1
            raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        if fault.status >= 500:  # the front servers answer in HTML
            return web.Response(status=fault.status, text="<html>Bad Gateway</html>", content_type="text/html")
        raise ApiError(fault.status, "scripted failure")

    async def _get_updates(self, call: ApiRequest) -> list[dict[str, Any]]:
        if self.webhook_url:
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active")
        self._polls += 1
        poll = self._polls
        offset = call.number("offset")
        if offset is not None:
            self.updates.confirm(offset)
            await self._tell_news()
        found = await self.updates.wait(call.number("limit") or 100, call.number("timeout") or 0)
        if poll != self._polls:
            raise ApiError(409, "Conflict: terminated by other getUpdates request")
        return found

    async def _file(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["file_id"])
        return web.Response(status=404) if content is None else web.Response(body=content)

    async def _push_to_webhook(self) -> None:
        async with ClientSession() as session:
            while True:
                ready = self.updates.ready(1) if self.webhook_url else []
                if not ready or not await self._push(session, ready[0]):
                    await asyncio.sleep(0.02)

    async def _push(self, session: ClientSession, update: dict[str, Any]) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook_secret} if self.webhook_secret else {}
        with contextlib.suppress(ClientError):
            async with session.post(str(self.webhook_url), json=update, headers=headers) as response:
                if response.status == 200:
                    self.updates.confirm_one(update["update_id"])
                    self.webhook_error = None
                    await self._tell_news()
                    return True
                self.webhook_error = f"Wrong response from the webhook: {response.status}"
        return False

    async def _tell_news(self) -> None:
        async with self._news:
            self._news.notify_all()

    def _entities(self, text: str) -> list[dict[str, Any]]:
        """Mark commands and mentions, as Telegram's clients do."""
        found: list[dict[str, Any]] = []
        place = 0
        for word in text.split(" "):
            bare = word.rstrip(".,!?:;")
            if word.startswith("/") and place == 0:
                found.append({"type": "bot_command", "offset": 0, "length": units(word)})
            elif bare.startswith("@") and len(bare) > 1:
                found.append({"type": "mention", "offset": place, "length": units(bare)})
            place += units(word) + 1
        return found


def _drop(request: web.Request) -> None:
    """Cut the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
