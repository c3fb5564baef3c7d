"""Messages that are to be sent, each logical message once."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from storage.tables.base import Identity, PlainText, UtcTime, id_column, json_column, metadata, reference

outbox = Table(
    "outbox",
    metadata,
    id_column(),
    reference("inbox_id", "inbox", nullable=True),
    Column("turn_id", PlainText),
    reference("conversation_id", "conversations"),
    reference("person_id", "people", nullable=True, index=True),
    Column("epoch", Integer, nullable=False),
    Column("platform", PlainText, nullable=False),
    Column("kind", PlainText, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("text", PlainText, nullable=False),
    Column("image_id", Identity),
    Column("nonce", PlainText, nullable=False),
    json_column("place"),
    json_column("author"),
    json_column("route"),
    json_column("buttons", nullable=True),
    reference("after_id", "outbox", nullable=True),
    Column("state", PlainText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", UtcTime),  # pending: the retry time; sending: when another may take it over
    json_column("receipt", nullable=True),
    Column("failure", PlainText),
    Column("created_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    UniqueConstraint("inbox_id", "kind", "ordinal"),
    UniqueConstraint("nonce"),
    Index(None, "state", "conversation_id", "id"),
    sqlite_autoincrement=True,
)
