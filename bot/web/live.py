"""Her moving face on the open pages: pictures go out as binary frames, a page says whether it can be seen."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from aiohttp import WSCloseCode, WSMsgType, web

from bot.errors import BotError
from bot.texts import Texts
from bot.web.desk import LiveView, Resting, WebDesk
from bot.web.refusal import Refusal
from bot.web.visitor import Visitor

PAGES_EACH = 4
HEARTBEAT_S = 20.0
SIGNS = {"visible": True, "hidden": False}


class LivePages:
    """The pages on which she moves, by visitor."""

    def __init__(self, desk: WebDesk, texts: Texts) -> None:
        self._desk = desk
        self._texts = texts
        self._views: dict[str, list[LiveView]] = {}

    async def serve(self, request: web.Request, visitor: Visitor) -> web.WebSocketResponse:
        """Show her on one page until it goes.

        Raises:
            Refusal: this is no WebSocket, or too many watch already.
        """
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=64, compress=False)
        if not socket.can_prepare(request):
            raise Refusal("unusable")
        look = await self._desk.look(visitor.author, visitor.place)
        views = self._views.setdefault(visitor.id, [])
        try:
            if len(views) >= PAGES_EACH:
                raise BotError("this visitor watches on too many pages; close one")
            view = self._desk.watch(look)
        except BotError:
            self._forget(visitor.id)
            raise Refusal("full") from None
        views.append(view)
        showing: asyncio.Task[None] | None = None
        try:
            await socket.prepare(request)
            showing = asyncio.create_task(self._show(socket, view, look.language), name="live-page")
            await _listen(socket, view)
        finally:
            view.close()
            views.remove(view)
            self._forget(visitor.id)
            if showing is not None:
                showing.cancel()
                await asyncio.gather(showing, return_exceptions=True)
        return socket

    def spoke(self, visitor_id: str) -> None:
        """Wake her on a visitor's pages."""
        for view in self._views.get(visitor_id, ()):
            view.wake()

    async def answered(self, visitor_id: str, outbox_id: int) -> None:
        """Show the expression of an answer on a visitor's pages."""
        if visitor_id not in self._views:
            return
        scores = await self._desk.expression_of(outbox_id)
        if scores is not None:
            for view in self._views.get(visitor_id, ()):
                view.express(scores)

    async def close(self) -> None:
        """End every page."""
        await self._desk.stop_watching()

    def _forget(self, visitor_id: str) -> None:
        if not self._views.get(visitor_id):
            self._views.pop(visitor_id, None)

    async def _show(self, socket: web.WebSocketResponse, view: LiveView, language: str) -> None:
        with suppress(ConnectionError):
            while (news := await view.next()) is not None:
                if isinstance(news, Resting):
                    words = self._texts.get(language, "web.live.goodbye", seconds=news.waited_s)
                    await socket.send_json({"event": "resting", "text": words})
                else:
                    await socket.send_bytes(news)  # waits for a slow page; meanwhile newer pictures replace each other
            await socket.close(code=WSCloseCode.GOING_AWAY)


async def _listen(socket: web.WebSocketResponse, view: LiveView) -> None:
    """Take note of whether the page can be seen, until it goes."""
    async for message in socket:
        if message.type is WSMsgType.TEXT and message.data in SIGNS:
            view.seen(visible=SIGNS[message.data])
        else:
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)
