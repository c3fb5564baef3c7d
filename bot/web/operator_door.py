"""Who may see the figures of the service."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Mapping

FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def may_enter(headers: Mapping[str, str], remote: str | None, token: str | None, *, listens_here_only: bool) -> bool:
    """Tell whether a request may see the figures.

    With a token set, it must come along as a bearer token or as the password of HTTP's basic authentication. Without
    one, only this machine itself is let in, and nobody at all where the page is open to a network.
    """
    if token is not None:
        return hmac.compare_digest(_given(headers.get("Authorization", "")), token.encode())
    passed_on = any(name in headers for name in FORWARDING)  # by a proxy, for somebody else
    return listens_here_only and not passed_on and _is_this_machine(remote)


def _given(authorization: str) -> bytes:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("utf-8", "surrogateescape")  # as header bytes that are no UTF-8 arrive
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value.strip(), validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return b""


def _is_this_machine(remote: str | None) -> bool:
    try:
        return ipaddress.ip_address(remote or "").is_loopback
    except ValueError:
        return False
