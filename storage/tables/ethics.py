"""Ethics events and their overturning, both append-only, and the warnings and blocks that followed."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, Table, UniqueConstraint

from storage.tables.base import PlainText, UtcTime, id_column, json_column, metadata, reference

ethics_events = Table(
    "ethics_events",
    metadata,
    id_column(),
    reference("person_id", "people"),
    reference("space_id", "spaces"),
    Column("channel_key", PlainText, nullable=False),
    Column("category", PlainText, nullable=False),
    Column("score", Float, nullable=False),
    Column("rule", PlainText, nullable=False),
    Column("model_hash", PlainText, nullable=False),
    Column("evidence_hash", PlainText),
    Column("level", Integer, nullable=False),
    Column("block_s", Integer, nullable=False),
    json_column("policy"),
    Column("shadow", Boolean, nullable=False),
    Column("turn_id", PlainText),
    Column("at", UtcTime, nullable=False),
    Index(None, "person_id", "space_id"),
    sqlite_autoincrement=True,
)

ethics_overturns = Table(
    "ethics_overturns",
    metadata,
    id_column(),
    reference("event_id", "ethics_events"),
    Column("by", PlainText, nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("event_id"),
    sqlite_autoincrement=True,
)

sanctions = Table(
    "sanctions",
    metadata,
    id_column(),
    reference("person_id", "people"),
    reference("space_id", "spaces"),
    Column("channel_key", PlainText),  # missing: the whole space
    Column("kind", PlainText, nullable=False),
    json_column("categories"),
    Column("starts_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("by", PlainText, nullable=False),
    Column("reason", PlainText),
    Column("turn_id", PlainText),
    Column("lifted_at", UtcTime),
    Column("lifted_by", PlainText),
    Column("lift_reason", PlainText),
    Index(None, "person_id", "space_id"),
    Index(None, "space_id", "ends_at"),
    sqlite_autoincrement=True,
)
