"""What the page may ask for."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from aiohttp import WSCloseCode, web

from bot.chat import IncomingMessage
from bot.clock import Now
from bot.errors import BotError
from bot.texts import Texts
from bot.web import guard
from bot.web.bodies import (
    BODY_LIMIT_BYTES,
    TEXT_LIMIT_CHARACTERS,
    Said,
    call_id_from,
    look_from,
    look_json,
    pressed_from,
    read_object,
    read_picture,
    said_from,
)
from bot.web.commands import carry_out, press, verify
from bot.web.conversation_json import event_json, history_json, welcome_json
from bot.web.desk import WebDesk
from bot.web.front_page import STATIC, front_pages, script_texts
from bot.web.live import LivePages
from bot.web.open_pages import OpenPages, Page, Welcome
from bot.web.pace import Pace
from bot.web.previews import PreviewLook, Previews
from bot.web.refusal import Refusal, refuse
from bot.web.status_routes import OWN_DOOR, StatusRoutes
from bot.web.visitor import Visitor, language_of, new_visitor, remember, visitor_of

HISTORY_LINES = 100
HEARTBEAT_S = 20.0
_NUMBER = re.compile(r"[0-9]{1,18}")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger(__name__)


class Routes:
    """The page's requests, answered by the service's desk."""

    def __init__(
        self,
        desk: WebDesk,
        texts: Texts,
        pages: OpenPages,
        live: LivePages,
        previews: Previews,
        pace: Pace,
        status: StatusRoutes,
        host: str,
        now: Now,
    ) -> None:
        self._desk = desk
        self._texts = texts
        self._pages = pages
        self._live = live
        self._previews = previews
        self._pace = pace
        self._status = status
        self._host = host
        self._now = now
        self._front_pages = front_pages(texts)

    def application(self) -> web.Application:
        """Build the application."""
        app = web.Application(client_max_size=BODY_LIMIT_BYTES, middlewares=[self._answer])
        app.on_response_prepare.append(guard.add_headers)
        app.add_routes(
            [
                web.get("/", self._front_page),
                web.get("/api/page", self._page),
                web.get("/api/history", self._history),
                web.get("/api/events", self._events),
                web.get("/api/live", self._watch),
                web.post("/api/messages", self._say),
                web.post("/api/commands", self._command),
                web.post("/api/clicks", self._click),
                web.post("/api/verify", self._verify),
                web.put("/api/look", self._set_look),
                web.get("/api/preview", self._preview),
                web.get("/api/images/{id}", self._image),
                web.static("/static/", STATIC),
                *self._status.routes(),
            ]
        )
        return app

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request; whatever goes wrong becomes a short JSON error."""
        try:
            if request.path not in OWN_DOOR:
                guard.check(request, self._host)
            return await handler(request)
        except Refusal as refusal:
            return await self._refuse(request, refusal)
        except web.HTTPRequestEntityTooLarge:
            return await self._refuse(request, Refusal("too_large"))
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return await self._refuse(request, Refusal("not_found"))
        except Exception as error:  # the operator finds it in the log, the visitor is asked to try again
            log.error("web_request_failed", path=request.match_info.route.name, error=type(error).__name__)
            self._desk.operator.problem("web", error)
            return await self._refuse(request, Refusal("failed"))

    async def _refuse(self, request: web.Request, refusal: Refusal) -> web.Response:
        language = language_of(request) or "ko"
        visitor = visitor_of(request)
        if visitor is not None:
            with suppress(Exception):  # the database may be what failed
                language = await self._desk.language(visitor.author, visitor.place)
        return refuse(refusal, self._texts, "ko" if language.lower().startswith("ko") else "en")

    async def _front_page(self, request: web.Request) -> web.StreamResponse:
        visitor = visitor_of(request) or new_visitor(request)
        language = await self._desk.language(visitor.author, visitor.place)
        response = web.Response(text=self._front_pages[language], content_type="text/html")
        remember(response, visitor)
        return response

    async def _page(self, request: web.Request) -> web.StreamResponse:
        visitor = known(request)
        look = await self._desk.look(visitor.author, visitor.place)
        return web.json_response(
            {
                "texts": script_texts(self._texts, look.language),
                "look": look_json(look),
                "faces": list(self._desk.faces()),
                "text_limit": TEXT_LIMIT_CHARACTERS,
            }
        )

    async def _history(self, request: web.Request) -> web.StreamResponse:
        visitor = known(request)
        items = await self._desk.history(visitor.author, visitor.place, HISTORY_LINES)
        shown = [item for item in items if item.text or item.image_id is not None]  # the others were erased
        return web.json_response({"items": [history_json(item) for item in shown]})

    async def _say(self, request: web.Request) -> web.StreamResponse:
        visitor = known(request)
        said = await self._said(request, visitor)
        taken = await self._desk.take(
            IncomingMessage(
                place=visitor.place,
                author=visitor.author,
                chat_id=visitor.place.space_id,
                message_id=said.message_id,
                text=said.text,
                sent_at=self._now(),
            )
        )
        self._live.spoke(visitor.id)
        self._pages.tell(visitor.id, "said", {"message": said.message_id, "status": taken.value})
        return web.json_response({"status": taken.value}, status=202)

    async def _command(self, request: web.Request) -> web.StreamResponse:
        visitor = known(request)
        said = await self._said(request, visitor)
        answer = await carry_out(self._desk, self._pages, visitor, said, self._now)
        if answer is None:
            raise Refusal("unusable")
        return web.json_response(answer)

    async def _click(self, request: web.Request) -> web.StreamResponse:
        visitor = known(request)
        pressed = pressed_from(await read_object(request))
        self._check_pace(visitor)
        return web.json_response(await press(self._desk, self._pages, visitor, pressed, self._now))

    async def _verify(self, request: web.Request) -> web.StreamResponse:
        visitor = known(request)
        self._check_pace(visitor)
        call_id = call_id_from(request.query.get("id"))
        return web.json_response(await verify(self._desk, visitor, call_id, await read_picture(request), self._now))

    async def _said(self, request: web.Request, visitor: Visitor) -> Said:
        """Read what a visitor wrote.

        Raises:
            Refusal: it cannot be read, or comes too fast.
        """
        said = said_from(await read_object(request))
        self._check_pace(visitor)
        return said

    def _check_pace(self, visitor: Visitor) -> None:
        wait_s = self._pace.wait_s(visitor.id)
        if wait_s:
            raise Refusal("too_fast", math.ceil(wait_s))

    async def _set_look(self, request: web.Request) -> web.StreamResponse:
        visitor = known(request)
        look = look_from(await read_object(request))
        try:
            await self._desk.set_look(visitor.author, visitor.place, look)
        except BotError:
            raise Refusal("unusable") from None
        self._pages.tell(visitor.id, "look", look_json(look))
        return web.json_response(look_json(look))

    async def _preview(self, request: web.Request) -> web.StreamResponse:
        known(request)
        hue = request.query.get("hue")
        look = PreviewLook(
            face_id=request.query.get("face", ""),
            hue_degrees=None if hue is None else _whole(hue, 359),
            height_percent=_whole(request.query.get("height", "60"), 100),
            gradient_percent=_whole(request.query.get("gradient", "50"), 100),
        )
        png = await self._previews.get(look)
        return web.Response(body=png, content_type="image/png", headers={"Cache-Control": "private, max-age=600"})

    async def _image(self, request: web.Request) -> web.StreamResponse:
        visitor = known(request)
        number = request.match_info["id"]
        picture = await self._desk.picture(visitor.author, int(number)) if _NUMBER.fullmatch(number) else None
        if picture is None or not await asyncio.to_thread(picture.path.is_file):
            raise Refusal("not_found")
        # Asked for again each time, so that an erased picture does not come out of the browser's cache.
        headers = {"Content-Type": picture.mime, "Cache-Control": "private, no-cache"}
        return web.FileResponse(picture.path, headers=headers)

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        return await self._live.serve(request, known(request))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        visitor = known(request)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=1024, compress=False)
        if not socket.can_prepare(request):
            raise Refusal("unusable")
        await socket.prepare(request)
        page, welcome = self._pages.join(visitor.id, request.query.get("after"))
        telling = asyncio.create_task(_tell(socket, page, welcome), name="web-page")
        try:
            async for _ in socket:  # the page says nothing here; this waits until it goes
                continue
        finally:
            self._pages.leave(visitor.id, page)
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
        return socket


def known(request: web.Request) -> Visitor:
    """Return who sent a request.

    Raises:
        Refusal: the browser has no cookie of ours yet; opening the page gives it one.
    """
    visitor = visitor_of(request)
    if visitor is None:
        raise Refusal("stranger")
    return visitor


async def _tell(socket: web.WebSocketResponse, page: Page, welcome: Welcome) -> None:
    """Send a page its welcome, what it missed and what happens, until it is closed."""
    with suppress(ConnectionError):
        await socket.send_str(welcome_json(welcome))
        for event in welcome.missed:
            await socket.send_str(event_json(event))
        while (told := await page.next()) is not None:
            await socket.send_str(event_json(told))
        await socket.close(code=WSCloseCode.GOING_AWAY)


def _whole(text: str, highest: int) -> int:
    """Read a whole number in [0, highest].

    Raises:
        Refusal: it is none.
    """
    if re.fullmatch(r"[0-9]{1,3}", text) is None or int(text) > highest:
        raise Refusal("unusable")
    return int(text)
