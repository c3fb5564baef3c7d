"""What the repositories give back: frozen records of plain values; every time is aware and in UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Row

Json = Mapping[str, Any]
Kind = TypeVar("Kind")


def from_row(kind: type[Kind], row: Row[Any]) -> Kind:
    """Build a record from the columns of the same names."""
    values = row._mapping
    return kind(**{field.name: values[field.name] for field in fields(kind)})  # type: ignore[arg-type]


class InboxState(StrEnum):
    """Where a message is on its way; the first three are unfinished."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    ANSWERED = "answered"  # commit A is done, the face and the summary are not
    DONE = "done"
    SET_ASIDE = "set_aside"
    REFUSED = "refused"


class OutboxState(StrEnum):
    """Where an outgoing message is; the first two are unsent."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """A platform account and the person it points to."""

    id: int
    person_id: int
    platform: str
    account_id: str
    display_name: str
    language: str | None
    direct_space_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person and their preferences; None = not set."""

    id: int
    epoch: int
    erased_epoch: int | None
    language: str | None
    timezone: str | None
    face_id: str | None
    hue: float | None
    height: float | None
    gradient: float | None
    hair_cycling: bool | None
    motion: str | None
    settings: Json
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SpaceRecord:
    """A server, a group or a direct chat, with what its moderators set."""

    id: int
    platform: str
    space_key: str
    kind: str
    name: str
    settings: Json


@dataclass(frozen=True, slots=True)
class ConversationRecord:
    """A mailbox: a channel of a space, and in servers and groups the person."""

    id: int
    space_id: int
    channel_key: str
    person_id: int | None


@dataclass(frozen=True, slots=True)
class InboxRecord:
    """A message that was taken. `refusal` is "erased" when its text was erased before it was settled."""

    id: int
    platform: str
    chat_id: str
    message_id: str
    conversation_id: int
    person_id: int
    space_id: int
    channel_key: str
    kind: str
    text: str
    attachment: str
    place: Json
    author: Json
    route: Json
    sent_at: datetime
    received_at: datetime
    state: InboxState
    attempts: int
    lease_owner: str | None
    lease_until: datetime | None
    epoch: int
    refusal: str | None
    finished_at: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", InboxState(self.state))


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A turn as commit A left it, and what commit B added."""

    id: str
    inbox_id: int | None
    person_id: int
    space_id: int
    conversation_id: int
    epoch: int
    outcome: str
    answer: str | None
    notice: str | None
    trace: Json
    show_request: Json | None
    summary: str | None
    expression: Json | None
    image_id: int | None
    created_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """An image that she made."""

    id: int
    turn_id: str
    person_id: int
    path: str
    mime: str
    width: int
    height: int
    sha256: str
    phash: str | None
    alt_text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MemoryRecord:
    """A memory entry; `vector` are the bytes of its cached embedding, valid for `text_hash` and `model_hash` alone."""

    id: int
    person_id: int
    space_id: int
    key: str
    value: str
    said_on: date
    due_on: date | None
    text_hash: str | None
    model_hash: str | None
    vector: bytes | None


@dataclass(frozen=True, slots=True)
class SummaryRecord:
    """The summary of a person's last turn in a conversation."""

    person_id: int
    conversation_id: int
    text: str
    turn_id: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An ethics event; `overturned_at` is None while it counts."""

    id: int
    person_id: int
    space_id: int
    channel_key: str
    category: str
    score: float
    rule: str
    model_hash: str
    evidence_hash: str | None
    level: int
    block_s: int
    policy: Json
    shadow: bool
    turn_id: str | None
    at: datetime
    overturned_at: datetime | None
    overturned_by: str | None
    overturn_reason: str | None


@dataclass(frozen=True, slots=True)
class SanctionRecord:
    """A warning or a block; `channel_key` None = the whole space."""

    id: int
    person_id: int
    space_id: int
    channel_key: str | None
    kind: str
    categories: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    by: str
    reason: str | None
    turn_id: str | None
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "categories", tuple(self.categories))


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """A message to send; `after_receipt` is the receipt of the message it follows, None when that was never sent."""

    id: int
    inbox_id: int | None
    turn_id: str | None
    conversation_id: int
    person_id: int | None
    epoch: int
    platform: str
    kind: str
    ordinal: int
    text: str
    image_id: int | None
    nonce: str
    place: Json
    author: Json
    route: Json
    buttons: Sequence[Json] | None
    after_id: int | None
    state: OutboxState
    attempts: int
    not_before: datetime | None
    receipt: Json | None
    failure: str | None
    created_at: datetime
    settled_at: datetime | None
    after_receipt: Json | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", OutboxState(self.state))


@dataclass(frozen=True, slots=True)
class AppealRecord:
    """An appeal against a sanction. `state` is open, upheld or overturned; `place` is where it was made."""

    id: int
    sanction_id: int
    person_id: int
    space_id: int
    words: str
    language: str
    place: Json
    author: Json
    state: str
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One act of a moderator or an operator."""

    id: int
    at: datetime
    actor_platform: str
    actor_account: str
    actor_name: str
    act: str
    space_id: int | None
    target_person_id: int | None
    details: Json
