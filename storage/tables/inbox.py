"""Messages that were taken, each once, until they are settled."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from storage.tables.base import PlainText, UtcTime, id_column, json_column, metadata, reference

inbox = Table(
    "inbox",
    metadata,
    id_column(),
    Column("platform", PlainText, nullable=False),
    Column("chat_id", PlainText, nullable=False),
    Column("message_id", PlainText, nullable=False),
    reference("conversation_id", "conversations"),
    reference("person_id", "people", index=True),
    reference("space_id", "spaces"),
    Column("channel_key", PlainText, nullable=False),
    Column("kind", PlainText, nullable=False),
    Column("text", PlainText, nullable=False),
    Column("attachment", PlainText, nullable=False),
    json_column("place"),
    json_column("author"),
    json_column("route"),
    Column("sent_at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("state", PlainText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_owner", PlainText),
    Column("lease_until", UtcTime),
    Column("epoch", Integer, nullable=False),
    Column("refusal", PlainText),
    Column("finished_at", UtcTime),
    UniqueConstraint("platform", "chat_id", "message_id"),
    # The head of every conversation is read from this index alone.
    Index(None, "state", "conversation_id", "id"),
    sqlite_autoincrement=True,
)
