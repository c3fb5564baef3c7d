"""What an operator and their tools may ask for: health for everybody, figures for who may see them."""

from __future__ import annotations

from aiohttp import web

from bot.settings import Settings
from bot.texts import Texts
from bot.web import guard
from bot.web.operator_desk import OperatorDesk
from bot.web.operator_door import may_enter
from bot.web.refusal import Refusal
from bot.web.status_page import StatusPage
from bot.web.visitor import language_of

# A probe names the machine as it likes; a scraper shows its token. Both are answered under any name.
OWN_DOOR = frozenset({"/healthz", "/readyz", "/metrics", "/status"})
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class StatusRoutes:
    """Health, metrics and the status page."""

    def __init__(self, operator: OperatorDesk, texts: Texts, settings: Settings, *, listens_here_only: bool) -> None:
        self._operator = operator
        self._page = StatusPage(texts)
        self._token = settings.status_token.get_secret_value() if settings.status_token else None
        self._host = settings.web_host
        self._listens_here_only = listens_here_only

    def routes(self) -> list[web.RouteDef]:
        """Return the requests that are answered."""
        return [
            web.get("/healthz", self._health),
            web.get("/readyz", self._ready),
            web.get("/metrics", self._metrics),
            web.get("/status", self._status),
        ]

    async def _health(self, request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _ready(self, request: web.Request) -> web.Response:
        if await self._operator.is_ready():
            return web.Response(text="ready\n")
        return web.Response(text="the database does not answer\n", status=503)

    async def _metrics(self, request: web.Request) -> web.Response:
        if not self._may_enter(request):
            return self._locked()
        return web.Response(body=await self._operator.metrics(), headers={"Content-Type": METRICS_TYPE})

    async def _status(self, request: web.Request) -> web.Response:
        if not self._may_enter(request):
            return self._locked()
        language = "ko" if (language_of(request) or "ko").lower().startswith("ko") else "en"
        page = self._page.render(await self._operator.status(), language)
        return web.Response(text=page, content_type="text/html")

    def _may_enter(self, request: web.Request) -> bool:
        if self._token is None:
            guard.check(request, self._host)  # no token shows here that no other site is asking
        return may_enter(request.headers, request.remote, self._token, listens_here_only=self._listens_here_only)

    def _locked(self) -> web.Response:
        """Ask for the token; without one there is nothing here.

        Raises:
            Refusal: no token is set.
        """
        if self._token is None:
            raise Refusal("not_found")
        return web.Response(
            text="the figures need OHLORA_STATUS_TOKEN as password\n",
            status=401,
            headers={"WWW-Authenticate": 'Basic realm="Oh-LoRA status", charset="UTF-8"'},
        )
