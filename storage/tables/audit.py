"""The moderators' audit log, append-only."""

from sqlalchemy import Column, Index, Table

from storage.tables.base import PlainText, UtcTime, id_column, json_column, metadata, reference

audit_entries = Table(
    "audit_entries",
    metadata,
    id_column(),
    Column("at", UtcTime, nullable=False),
    Column("actor_platform", PlainText, nullable=False),
    Column("actor_account", PlainText, nullable=False),
    Column("actor_name", PlainText, nullable=False),
    Column("act", PlainText, nullable=False),
    reference("space_id", "spaces", nullable=True),
    reference("target_person_id", "people", nullable=True, index=True),
    json_column("details"),
    Index(None, "space_id", "id"),
    sqlite_autoincrement=True,
)
