"""Who looks at the page: a random id in a cookie that no script and no other site can read or send."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from aiohttp import web

from bot.chat import Author, Place

COOKIE = "ohlora_person"
KEPT_S = 400 * 24 * 3600  # the longest that browsers keep a cookie
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser; `language` is what it asks for."""

    id: str
    language: str | None

    @property
    def author(self) -> Author:
        """The account that writes."""
        return Author("web", self.id, language=self.language)

    @property
    def place(self) -> Place:
        """The direct chat of this browser with her."""
        return Place("web", space_of(self.id), "direct", space_of(self.id))


def space_of(visitor_id: str) -> str:
    """Return the space id of a browser's direct chat."""
    return f"web-{visitor_id}"


def visitor_of(request: web.Request) -> Visitor | None:
    """Return who sent a request, None when it bears no cookie of ours."""
    visitor_id = request.cookies.get(COOKIE, "")
    return Visitor(visitor_id, language_of(request)) if _ID.fullmatch(visitor_id) else None


def new_visitor(request: web.Request) -> Visitor:
    """Return a visitor who has never been here."""
    return Visitor(secrets.token_hex(16), language_of(request))


def remember(response: web.StreamResponse, visitor: Visitor) -> None:
    """Give the visitor's browser its cookie, or keep it for longer."""
    response.set_cookie(COOKIE, visitor.id, max_age=KEPT_S, httponly=True, samesite="Strict", path="/")


def language_of(request: web.Request) -> str | None:
    """Return the first language that the browser asks for, e.g. "ko-KR"."""
    first = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].strip()
    return first if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", first) else None
