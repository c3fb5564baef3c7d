"""Spaces (server, group, direct chat), their settings, and the conversations in them."""

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from storage.tables.base import Identity, PlainText, id_column, json_column, metadata, reference

spaces = Table(
    "spaces",
    metadata,
    id_column(),
    Column("platform", PlainText, nullable=False),
    Column("space_key", PlainText, nullable=False),
    Column("kind", PlainText, nullable=False),
    Column("name", PlainText, nullable=False),
    UniqueConstraint("platform", "space_key"),
    sqlite_autoincrement=True,
)

space_settings = Table(
    "space_settings",
    metadata,
    Column("space_id", Identity, ForeignKey("spaces.id"), primary_key=True),
    Column("key", PlainText, primary_key=True),
    json_column("value"),
)

conversations = Table(
    "conversations",
    metadata,
    id_column(),
    reference("space_id", "spaces"),
    Column("channel_key", PlainText, nullable=False),
    reference("person_id", "people", nullable=True),  # set in servers and groups: a mailbox per person
    UniqueConstraint("space_id", "channel_key", "person_id"),
    sqlite_autoincrement=True,
)

# NULL is equal to nothing in a unique constraint; this index keeps the shared mailbox of a channel single.
Index(
    "uq_conversations_shared",
    conversations.c.space_id,
    conversations.c.channel_key,
    unique=True,
    sqlite_where=conversations.c.person_id.is_(None),
    postgresql_where=conversations.c.person_id.is_(None),
)
