"""What a failed Telegram request means: refused for good, to be tried later, or perhaps arrived after all."""

from __future__ import annotations

from datetime import timedelta

import httpx
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.error import TelegramError as TelegramError  # re-exported: the one name the other modules need

from bot.chat import DeliveryDelayed, DeliveryRefused

_RETRY_S = 3.0
_TOKEN_RETRY_S = 60.0

# Failures before the request had left completely; after any other network failure it may have been carried out.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.WriteError,
    httpx.WriteTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


def may_have_arrived(error: TelegramError) -> bool:
    """Tell whether the request may have been carried out although no answer came."""
    cause = error.__cause__
    return isinstance(cause, httpx.HTTPError) and not isinstance(cause, _NOT_SENT)


def pause_s(error: TelegramError) -> float:
    """Return how long to wait before asking again, in seconds."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
    return _TOKEN_RETRY_S if isinstance(error, InvalidToken) else _RETRY_S


def outcome_of(error: TelegramError) -> DeliveryRefused | DeliveryDelayed:
    """Return what a failed delivery becomes for the outbox."""
    if isinstance(error, (Forbidden, BadRequest, ChatMigrated)):
        return DeliveryRefused(reason_of(error))
    return DeliveryDelayed(reason_of(error), pause_s(error))


def reason_of(error: TelegramError) -> str:
    """Return one line for logs and receipts; it never holds a token or a text of the chat.

    The library's own messages are not used where they may quote a token or a whole answer.
    """
    if isinstance(error, InvalidToken):
        return "Telegram refuses the token; check OHLORA_TELEGRAM_TOKEN and OHLORA_TELEGRAM_BASE_URL"
    if isinstance(error, RetryAfter):
        return f"Telegram asks to wait {pause_s(error):g} s"
    if isinstance(error, ChatMigrated):
        return "the group became a supergroup; write to her there once"
    if isinstance(error, Conflict):
        return "another program polls with this token, or it has a webhook; stop the other one"
    if isinstance(error, (Forbidden, BadRequest)):
        return f"Telegram refused: {' '.join(error.message.split())[:120]}"
    cause = type(error.__cause__ or error).__name__
    if isinstance(error, NetworkError):
        return f"Telegram is not reachable or failing ({cause}); it is tried again"
    return f"Telegram request failed ({cause})"
