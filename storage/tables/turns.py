"""Turns with their trace, and the images they made."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from storage.tables.base import Identity, PlainText, UtcTime, id_column, json_column, metadata, reference

turns = Table(
    "turns",
    metadata,
    Column("id", PlainText, primary_key=True),
    reference("inbox_id", "inbox", nullable=True),
    reference("person_id", "people", index=True),
    reference("space_id", "spaces"),
    reference("conversation_id", "conversations"),
    Column("epoch", Integer, nullable=False),
    Column("outcome", PlainText, nullable=False),
    Column("answer", PlainText),
    Column("notice", PlainText),
    json_column("trace"),
    json_column("show_request", nullable=True),
    Column("summary", PlainText),
    json_column("expression", nullable=True),
    Column("image_id", Identity),
    Column("created_at", UtcTime, nullable=False),
    Column("completed_at", UtcTime),
    UniqueConstraint("inbox_id"),
    Index(None, "conversation_id", "created_at"),
)

images = Table(
    "images",
    metadata,
    id_column(),
    Column("turn_id", PlainText, nullable=False, index=True),
    reference("person_id", "people", index=True),
    Column("path", PlainText, nullable=False),
    Column("mime", PlainText, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("sha256", PlainText, nullable=False, index=True),
    Column("phash", PlainText),
    Column("alt_text", PlainText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)
