"""What the loopback server keeps: people, chats, messages that were sent, and scripted faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class UserRecord:
    """An account on the loopback Telegram."""

    id: int
    first_name: str = "지민"
    username: str | None = None
    language: str | None = "ko"
    is_bot: bool = False

    def as_json(self) -> dict[str, Any]:
        values = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            values["username"] = self.username
        if self.language:
            values["language_code"] = self.language
        return values


@dataclass(slots=True)
class ChatRecord:
    """A direct chat (positive id) or a group (negative id)."""

    id: int
    type: str
    title: str | None = None
    admins: set[int] = field(default_factory=set)
    topics: set[int] = field(default_factory=set)
    forbidden: bool = False  # the bot was blocked, or removed from the group
    media_allowed: bool = True
    migrated_to: int | None = None
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        values: dict[str, Any] = {"id": self.id, "type": self.type}
        if self.title:
            values["title"] = self.title
        if self.topics:
            values["is_forum"] = True
        return values


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that the bot sent and the server took."""

    method: str
    chat_id: int
    message_id: int
    text: str  # the text or the caption
    topic: int | None
    reply_to: int | None
    file: bytes | None
    file_name: str | None
    parameters: dict[str, Any]


@dataclass(slots=True)
class Fault:
    """A failure to play for the next matching requests."""

    status: int
    method: str | None  # None: any method but getUpdates
    times: int
    retry_after: int | None = None
    carried_out: bool = False  # the request is carried out, then the connection dies without an answer
