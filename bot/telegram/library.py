"""How python-telegram-bot is set up: connections, flood limits, and its own logs."""

from __future__ import annotations

import logging
import os
import re
import ssl
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

import httpx
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.errors import BotError
from bot.settings import Settings
from bot.telegram.updates_request import UpdatesRequest

LONG_POLL_S = 25
_CONNECT_S = 10.0
_ANSWER_S = 30.0  # giving up early risks sending twice what did arrive
_UPLOAD_S = 60.0
_UNLIMITED = frozenset(
    {"sendChatAction", "getChatAdministrators", "answerCallbackQuery", "getFile"}
)  # no messages: they take no place in the message limits

TelegramBot = ExtBot[int]


class MessageLimiter(AIORateLimiter):
    """The library's flood limiter, counting messages only."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Wait for a place within the limits and send the request; typing and rights checks go at once."""
        if endpoint in _UNLIMITED:
            return await callback(*args, **kwargs)
        return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)


def make_bot(settings: Settings) -> TelegramBot:
    """Build the API client for the configured token and base URL; nothing is sent yet.

    Raises:
        BotError: no token is set, or it cannot be one.
    """
    token = settings.telegram_token.get_secret_value().strip() if settings.telegram_token else ""
    if not token:
        raise BotError("no Telegram token; set OHLORA_TELEGRAM_TOKEN to the one BotFather gave you")
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
        raise BotError("OHLORA_TELEGRAM_TOKEN is no Telegram token; copy it again from BotFather")
    # Opts in to timedelta values; without it the library warns each time it is told to slow down.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    quiet_library_logs()
    return ExtBot(
        token,
        base_url=settings.telegram_base_url,
        base_file_url=file_base_url(settings.telegram_base_url),
        request=_request(HTTPXRequest, connections=64, read_s=_ANSWER_S),
        get_updates_request=_request(UpdatesRequest, connections=2, read_s=_CONNECT_S),
        rate_limiter=MessageLimiter(),
    )


def file_base_url(base_url: str) -> str:
    """Return where files are fetched: `.../bot` becomes `.../file/bot`, as on Telegram's own server."""
    return base_url.removesuffix("/bot") + "/file/bot" if base_url.endswith("/bot") else base_url


def quiet_library_logs() -> None:
    """Silence the libraries' own logs: they hold the token (in URLs), message texts and tracebacks.

    The adapter reports every failure itself, in one line.
    """
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _request(kind: type[HTTPXRequest], connections: int, read_s: float) -> HTTPXRequest:
    return kind(
        connection_pool_size=connections,
        connect_timeout=_CONNECT_S,
        read_timeout=read_s,
        write_timeout=_ANSWER_S,
        media_write_timeout=_UPLOAD_S,
        pool_timeout=_ANSWER_S,
        httpx_kwargs={"verify": _trusted()},
    )


@cache
def _trusted() -> ssl.SSLContext:
    """Read the trusted certificates, once: it takes a tenth of a second for each client otherwise."""
    return httpx.create_ssl_context()
