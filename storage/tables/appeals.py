"""Appeals against warnings and blocks, each sanction once."""

from sqlalchemy import Column, Index, Table, UniqueConstraint

from storage.tables.base import PlainText, UtcTime, id_column, json_column, metadata, reference

appeals = Table(
    "appeals",
    metadata,
    id_column(),
    reference("sanction_id", "sanctions"),
    reference("person_id", "people", index=True),
    reference("space_id", "spaces"),
    Column("words", PlainText, nullable=False),  # what the person says about it; may be empty
    Column("language", PlainText, nullable=False),
    json_column("place"),
    json_column("author"),
    Column("state", PlainText, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("decided_at", UtcTime),
    Column("decided_by", PlainText),
    UniqueConstraint("sanction_id"),
    Index(None, "space_id", "state"),
    sqlite_autoincrement=True,
)
