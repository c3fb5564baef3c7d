"""Keeps other web sites out: they may neither read the page by a name of their own nor send requests in its name."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from aiohttp import web

from bot.web.refusal import Refusal

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]+)(:\d{1,5})?")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def host_is_ours(host: str, configured: str) -> bool:
    """Tell whether a Host header can be ours: an IP address, localhost or the configured name.

    A site that rebinds its own DNS name to this machine is recognised by that name.
    """
    match = _HOST.fullmatch(host)
    if match is None:
        return False
    name = match[1].strip("[]").lower()
    if name in ("localhost", configured.lower()):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def origin_is_ours(origin: str | None, host: str) -> bool:
    """Tell whether a request comes from our own page; a program that is no browser sends no Origin."""
    if origin is None:
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def check(request: web.Request, configured: str) -> None:
    """Let a request pass.

    Raises:
        Refusal: it was made by another site, or under a name that is not ours.
    """
    host = request.headers.get("Host", "")
    if not (host_is_ours(host, configured) and origin_is_ours(request.headers.get("Origin"), host)):
        raise Refusal("elsewhere")
    # Pictures and other reads carry no Origin; browsers say here who asks. Opening the page from a link is fine.
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.path.startswith("/api/") and site not in ("same-origin", "none"):
        raise Refusal("elsewhere")


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the protecting headers on every response."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-cache" if request.path.startswith("/static/") else "no-store")
    response.headers.popall("Server", None)
