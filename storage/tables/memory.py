"""What she remembers of a person in a space, and the summary of the last turn of a conversation."""

from sqlalchemy import Column, Date, ForeignKey, Index, LargeBinary, Table

from storage.tables.base import Identity, PlainText, UtcTime, id_column, metadata, reference

memory_entries = Table(
    "memory_entries",
    metadata,
    id_column(),
    reference("person_id", "people"),
    reference("space_id", "spaces"),
    Column("key", PlainText, nullable=False),
    Column("value", PlainText, nullable=False),
    Column("said_on", Date, nullable=False),
    Column("due_on", Date),  # the day that a relative word such as 내일 meant
    Column("text_hash", PlainText),  # of the text as it was rendered when the vector was made
    Column("model_hash", PlainText),
    Column("vector", LargeBinary),
    Index(None, "person_id", "space_id"),
    sqlite_autoincrement=True,
)

summaries = Table(
    "summaries",
    metadata,
    Column("person_id", Identity, ForeignKey("people.id"), primary_key=True),
    Column("conversation_id", Identity, ForeignKey("conversations.id"), primary_key=True),
    Column("text", PlainText, nullable=False),
    Column("turn_id", PlainText),
    Column("made_at", UtcTime, nullable=False),
)
