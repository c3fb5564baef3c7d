"""What the bot hands in to be kept, where it is more than a few values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypedDict

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """A message to take; (platform, chat_id, message_id) makes it unique.

    `place` and `author` are what the adapter said of where and who, `route` what it needs to answer.
    """

    platform: str
    chat_id: str
    message_id: str
    conversation_id: int
    person_id: int
    space_id: int
    channel_key: str
    text: str
    sent_at: datetime
    received_at: datetime
    epoch: int
    attachment: str = "none"
    kind: Literal["message", "again"] = "message"
    place: Json = field(default_factory=dict)
    author: Json = field(default_factory=dict)
    route: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TurnRow:
    """A turn as commit A keeps it; `show_request` is what the face needs (expression input, seed)."""

    id: str
    inbox_id: int | None
    person_id: int
    space_id: int
    conversation_id: int
    epoch: int
    outcome: str
    created_at: datetime
    answer: str | None = None
    notice: str | None = None
    trace: Json = field(default_factory=dict)
    show_request: Json | None = None


class Preferences(TypedDict, total=False):
    """What a person may set; None unsets."""

    language: str | None
    timezone: str | None
    face_id: str | None
    hue: float | None
    height: float | None
    gradient: float | None
    hair_cycling: bool | None
    motion: str | None
    settings: Json
