"""What exists on the loopback Discord: users, servers, channels, messages, interactions, as JSON like Discord's."""

from __future__ import annotations

import itertools
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

DISCORD_EPOCH_MS = 1420070400000
ALL_RIGHTS = (1 << 10) | (1 << 11) | (1 << 15) | (1 << 16) | (1 << 38)
EPHEMERAL = 1 << 6
LOADING = 1 << 7

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class User:
    id: int
    name: str
    bot: bool = False

    def json(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": self.name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
        }


@dataclass(slots=True)
class Channel:
    id: int
    name: str
    guild_id: int | None
    recipient: User | None = None
    parent_id: int | None = None
    refuses: tuple[int, int, str] | None = None  # status, code, message of every write
    messages: list[Json] = field(default_factory=list)

    @property
    def is_thread(self) -> bool:
        return self.parent_id is not None

    def json(self) -> Json:
        if self.guild_id is None:
            assert self.recipient is not None
            return {"id": str(self.id), "type": 1, "recipients": [self.recipient.json()], "last_message_id": None}
        base = {"id": str(self.id), "name": self.name, "guild_id": str(self.guild_id), "permission_overwrites": []}
        if self.is_thread:
            return base | {
                "type": 11,
                "parent_id": str(self.parent_id),
                "owner_id": "1",
                "message_count": 0,
                "member_count": 1,
                "thread_metadata": {
                    "archived": False,
                    "auto_archive_duration": 1440,
                    "archive_timestamp": _timestamp(),
                    "locked": False,
                },
            }
        return base | {"type": 0, "position": 0, "nsfw": False, "parent_id": None, "rate_limit_per_user": 0}


@dataclass(slots=True)
class Guild:
    id: int
    name: str
    granted: int = ALL_RIGHTS  # what the bot may do there
    channels: list[Channel] = field(default_factory=list)

    def json(self, bot: User) -> Json:
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": "1",
            "unavailable": False,
            "large": False,
            "member_count": 2,
            "features": [],
            "roles": [_role(self.id, "@everyone", self.granted), _role(self.id + 1, "moderators", 0)],
            "emojis": [],
            "stickers": [],
            "members": [member_json() | {"user": bot.json()}],
            "channels": [channel.json() for channel in self.channels if not channel.is_thread],
            "threads": [channel.json() for channel in self.channels if channel.is_thread],
            "presences": [],
            "voice_states": [],
            "premium_tier": 0,
        }


@dataclass(frozen=True, slots=True)
class SentFile:
    name: str
    description: str | None
    content: bytes


@dataclass(slots=True)
class Interaction:
    """A slash command or a click (`clicked`: its message); what the bot did about it stands here."""

    id: int
    token: str
    channel: Channel
    user: User
    callbacks: list[Json] = field(default_factory=list)
    answers: list[Json] = field(default_factory=list)  # the deferred answer first
    expired: bool = False
    clicked: Json | None = None

    @property
    def deferred(self) -> bool:
        return bool(self.callbacks)

    @property
    def answered(self) -> bool:
        return bool(self.answers) and not self.answers[0]["flags"] & LOADING

    @property
    def private(self) -> bool:
        return bool(self.answers) and bool(self.answers[0]["flags"] & EPHEMERAL)

    @property
    def text(self) -> str:
        return str(self.answers[0]["content"]) if self.answers else ""


class Snowflakes:
    """Ids that grow with time, as Discord's do."""

    def __init__(self) -> None:
        self._count = itertools.count(1)
        self._last = 0

    def next(self, *, at: datetime | None = None) -> int:
        now_ms = int((at.timestamp() if at else time.time()) * 1000)
        made = ((now_ms - DISCORD_EPOCH_MS) << 22) | (next(self._count) & 0xFFF)
        if at is None:
            made = self._last = max(made, self._last + 1)
        return made


def message_json(message_id: int, channel: Channel, author: User, content: str, **more: Any) -> Json:
    payload: Json = {
        "id": str(message_id),
        "channel_id": str(channel.id),
        "author": author.json(),
        "content": content,
        "timestamp": _timestamp(message_id),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }
    if channel.guild_id is not None:
        payload |= {"guild_id": str(channel.guild_id), "member": member_json()}
    return payload | more


def attachment_json(attachment_id: int, file: SentFile, content_type: str) -> Json:
    address = f"http://127.0.0.1/attachments/{attachment_id}/{file.name}"
    return {
        "id": str(attachment_id),
        "filename": file.name,
        "size": len(file.content),
        "url": address,
        "proxy_url": address,
        "content_type": content_type,
        "description": file.description,
    }


def member_json(permissions: int | None = None) -> Json:
    member: Json = {
        "roles": [],
        "joined_at": "2024-01-01T00:00:00+00:00",
        "nick": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
    return member if permissions is None else member | {"permissions": str(permissions)}


def new_token() -> str:
    return f"interaction-token-{secrets.token_hex(16)}"


def _role(role_id: int, name: str, permissions: int) -> Json:
    return {
        "id": str(role_id),
        "name": name,
        "permissions": str(permissions),
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def _timestamp(snowflake: int | None = None) -> str:
    seconds = time.time() if snowflake is None else ((snowflake >> 22) + DISCORD_EPOCH_MS) / 1000
    return datetime.fromtimestamp(seconds, UTC).isoformat()
