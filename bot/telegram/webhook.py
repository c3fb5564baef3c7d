"""The webhook: answers 200 only after the service committed the update, and takes nothing without the secret."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web
from telegram import Update

from bot.errors import BotError
from bot.settings import Settings
from bot.telegram.library import TelegramBot

BODY_LIMIT_BYTES = 1024 * 1024
TOKEN_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header name
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_STOP_S = 5.0

_log = structlog.get_logger(__name__)


def webhook_secret(settings: Settings) -> str:
    """Return the webhook's secret token.

    Raises:
        BotError: webhook mode lacks its address or secret, or the secret is none that Telegram takes.
    """
    if not settings.telegram_webhook_url:
        raise BotError("webhook mode needs OHLORA_TELEGRAM_WEBHOOK_URL, the https address Telegram shall call")
    secret = settings.telegram_webhook_secret.get_secret_value() if settings.telegram_webhook_secret else ""
    if not secret:
        raise BotError("webhook mode needs OHLORA_TELEGRAM_WEBHOOK_SECRET; set it to a long random word")
    if _SECRET.fullmatch(secret) is None:
        raise BotError("OHLORA_TELEGRAM_WEBHOOK_SECRET may hold 1 to 256 letters A-Z a-z, digits, _ and - only")
    return secret


class Webhook:
    """A small HTTP server that takes updates from Telegram on any path (a proxy may rewrite it)."""

    def __init__(
        self, bot: TelegramBot, secret: str, take: Callable[[Update], Awaitable[None]], host: str, port: int
    ) -> None:
        self._bot = bot
        self._secret = secret.encode()
        self._take = take
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The port it listens on; the bound one once started, where 0 was asked for."""
        if self._runner is not None and self._runner.addresses:
            return int(self._runner.addresses[0][1])
        return self._port

    async def start(self) -> None:
        """Listen.

        Raises:
            BotError: the address cannot be bound.
        """
        app = web.Application(client_max_size=BODY_LIMIT_BYTES)
        app.router.add_post("/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError:
            await runner.cleanup()
            raise BotError(
                f"cannot listen on {self._host}:{self._port}; set OHLORA_TELEGRAM_WEBHOOK_HOST and _PORT to a free one"
            ) from None
        self._runner = runner

    async def stop(self) -> None:
        """Finish the requests in hand and stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.Request) -> web.Response:
        given = request.headers.get(TOKEN_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return _refuse(403, "wrong secret")
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _refuse(413, "body too large")
        update = _update(body, self._bot)
        if update is None:
            return _refuse(400, "not an update in UTF-8 JSON")
        try:
            await self._take(update)
        except Exception as error:
            _log.error("telegram.update_not_taken", error=type(error).__name__)
            return web.Response(status=503, text="try again later\n")
        return web.Response(text="ok\n")


def _update(body: bytes, bot: TelegramBot) -> Update | None:
    """Read an update, or return None for anything else."""
    try:
        data: Any = json.loads(body.decode("utf-8"))
        if not isinstance(data, dict) or type(data.get("update_id")) is not int:
            return None
        return Update.de_json(data, bot)
    except Exception:  # whatever a forged body makes the library stumble over
        return None


def _refuse(status: int, reason: str) -> web.Response:
    _log.warning("telegram.webhook_refused", status=status, reason=reason)
    return web.Response(status=status, text=f"{reason}\n")
