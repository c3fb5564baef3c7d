"""What the page is told when a request cannot be granted: a status and a short JSON error in the visitor's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from aiohttp import web

from bot.errors import BotError
from bot.texts import Texts

Reason = Literal[
    "not_json", "unusable", "too_large", "too_fast", "elsewhere", "stranger", "not_found", "failed", "full"
]

STATUS: Mapping[Reason, int] = {
    "not_json": 400,
    "unusable": 400,
    "stranger": 401,
    "elsewhere": 403,
    "not_found": 404,
    "too_large": 413,
    "too_fast": 429,
    "failed": 500,
    "full": 503,
}


class Refusal(BotError):
    """A request that is not granted."""

    def __init__(self, reason: Reason, retry_after_s: int | None = None) -> None:
        super().__init__(f"refused ({reason}); the page shows what to do")
        self.reason = reason
        self.retry_after_s = retry_after_s


def refuse(refusal: Refusal, texts: Texts, language: str) -> web.Response:
    """Return the answer to a refused request."""
    body = {"error": refusal.reason, "text": texts.get(language, f"web.refused.{refusal.reason}")}
    headers = {} if refusal.retry_after_s is None else {"Retry-After": str(refusal.retry_after_s)}
    return web.json_response(body, status=STATUS[refusal.reason], headers=headers)
