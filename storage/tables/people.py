"""People, and the platform accounts that point to them."""

from sqlalchemy import Boolean, Column, Float, Integer, Table, UniqueConstraint

from storage.tables.base import Identity, PlainText, UtcTime, id_column, json_column, metadata, reference

people = Table(
    "people",
    metadata,
    id_column(),
    Column("epoch", Integer, nullable=False),  # raised by forgetting and erasing
    Column("erased_epoch", Integer),  # the epoch that the last erasure began
    Column("language", PlainText),
    Column("timezone", PlainText),
    Column("face_id", PlainText),
    Column("hue", Float),
    Column("height", Float),
    Column("gradient", Float),
    Column("hair_cycling", Boolean),
    Column("motion", PlainText),
    json_column("settings"),
    Column("created_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

accounts = Table(
    "accounts",
    metadata,
    id_column(),
    reference("person_id", "people", index=True),
    Column("platform", PlainText, nullable=False),
    Column("account_id", PlainText, nullable=False),
    Column("display_name", PlainText, nullable=False),
    Column("language", PlainText),  # what the platform says
    Column("direct_space_id", Identity),  # where the account talks with her alone, once it has
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("platform", "account_id"),
    sqlite_autoincrement=True,
)
