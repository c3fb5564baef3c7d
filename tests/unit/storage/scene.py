"""Who and where: the people, places and messages that the storage tests speak of."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from storage.database import Storage
from storage.records import InboxRecord, OutboxRecord, TurnRecord
from storage.rows import IncomingRow, TurnRow
from storage.work import UnitOfWork

NOW = datetime(2026, 7, 6, 12, 0, 0, 250_000, tzinfo=UTC)
_numbers = count(1)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Scene:
    """One person in one conversation."""

    storage: Storage
    platform: str
    account_id: str
    person_id: int
    space_id: int
    conversation_id: int
    channel_key: str

    @classmethod
    async def direct(cls, storage: Storage, name: str) -> "Scene":
        async with storage.work() as work:
            account = await work.people.account("telegram", name, name.title(), "ko", NOW)
            space = await work.spaces.space("telegram", f"chat-{name}", "direct", f"Chat with {name}")
            conversation = await work.spaces.conversation(space.id, space.space_key, None)
        return cls(storage, "telegram", name, account.person_id, space.id, conversation.id, space.space_key)

    @classmethod
    async def server(cls, storage: Storage, name: str, channel: str = "lobby") -> "Scene":
        async with storage.work() as work:
            account = await work.people.account("discord", name, name.title(), "ko", NOW)
            space = await work.spaces.space("discord", "guild", "server", "Guild")
            conversation = await work.spaces.conversation(space.id, channel, account.person_id)
        return cls(storage, "discord", name, account.person_id, space.id, conversation.id, channel)

    def incoming(self, text: str = "안녕", **changes: Any) -> IncomingRow:
        values: dict[str, Any] = {
            "platform": self.platform,
            "chat_id": self.channel_key,
            "message_id": f"m{next(_numbers)}",
            "conversation_id": self.conversation_id,
            "person_id": self.person_id,
            "space_id": self.space_id,
            "channel_key": self.channel_key,
            "text": text,
            "sent_at": NOW,
            "received_at": NOW,
            "epoch": 0,
        }
        return IncomingRow(**(values | changes))

    async def say(self, text: str = "안녕", **changes: Any) -> InboxRecord:
        async with self.storage.work() as work:
            record, _ = await work.inbox.add(self.incoming(text, **changes))
        return record

    def turn_row(self, inbox_id: int | None, **changes: Any) -> TurnRow:
        values: dict[str, Any] = {
            "id": f"t{next(_numbers)}",
            "inbox_id": inbox_id,
            "person_id": self.person_id,
            "space_id": self.space_id,
            "conversation_id": self.conversation_id,
            "epoch": 0,
            "outcome": "answered",
            "answer": "반가워!",
            "trace": {"composed": "안녕"},
            "show_request": {"seed": 7},
            "created_at": NOW,
        }
        return TurnRow(**(values | changes))

    async def answer(self, inbox_id: int | None, **changes: Any) -> TurnRecord:
        async with self.storage.work() as work:
            return await work.turns.add(self.turn_row(inbox_id, **changes))

    async def send(self, work: UnitOfWork, text: str = "반가워!", **changes: Any) -> OutboxRecord:
        values: dict[str, Any] = {
            "inbox_id": None,
            "turn_id": None,
            "conversation_id": self.conversation_id,
            "platform": self.platform,
            "kind": "reply",
            "text": text,
            "image_id": None,
            "nonce": f"n{next(_numbers)}",
            "place": {"channel_id": self.channel_key},
            "author": {"account_id": self.account_id},
            "route": {"reply_to": 3},
            "now": NOW,
        }
        return await work.outbox.add(**(values | changes))

    async def punish(self, work: UnitOfWork, **changes: Any) -> int:
        """Block the person for an hour; return the sanction's id."""
        values: dict[str, Any] = {
            "person_id": self.person_id,
            "space_id": self.space_id,
            "channel_key": self.channel_key,
            "kind": "block",
            "categories": ["paedrip"],
            "starts_at": NOW,
            "ends_at": after(3600),
            "by": "system",
            "turn_id": None,
        }
        return (await work.ethics.add_sanction(**(values | changes))).id

    async def judge(self, work: UnitOfWork, **changes: Any) -> int:
        """Write an ethics event down; return its id."""
        values: dict[str, Any] = {
            "person_id": self.person_id,
            "space_id": self.space_id,
            "channel_key": self.channel_key,
            "category": "paedrip",
            "score": 0.93,
            "rule": "severe",
            "model_hash": "mh",
            "evidence_hash": "eh",
            "level": 1,
            "block_s": 3600,
            "policy": {"strictness": 0.0},
            "shadow": False,
            "turn_id": "t0",
            "at": NOW,
        }
        return (await work.ethics.add_event(**(values | changes))).id
