"""The clock and the ids of the service, passed in so that tests can hold them still."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
NewId = Callable[[], str]


def utc_now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def new_turn_id() -> str:
    """Return a fresh, unguessable turn id of 24 hexadecimal digits."""
    return secrets.token_hex(12)


def nonce_of(platform: str, chat_id: str, message_id: str, kind: str) -> str:
    """Return the stable nonce of one logical message: 24 hexadecimal digits (Discord allows 25)."""
    return hashlib.sha256("\x1f".join((platform, chat_id, message_id, kind)).encode()).hexdigest()[:24]


def seed_of(turn_id: str) -> int:
    """Return the seed that belongs to a turn, 0..2**31-1."""
    return int.from_bytes(hashlib.sha256(turn_id.encode()).digest()[:4], "little") >> 1
