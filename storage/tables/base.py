"""The metadata that every table joins, and the column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, ForeignKey, Integer, MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

# Constraints carry names, because a migration in batch mode can only drop what has one.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMES)

# SQLite gives growing ids only to a column that is exactly INTEGER.
Identity = BigInteger().with_variant(Integer, "sqlite")


def storable(text: str) -> str:
    """Replace what no database takes as text, NUL and lone surrogates, by U+FFFD."""
    cleaned = text.replace("\x00", "\ufffd")
    if any("\ud800" <= character <= "\udfff" for character in cleaned):
        cleaned = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in cleaned)
    return cleaned


class PlainText(TypeDecorator[str]):
    """Text of any length that people or platforms wrote."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Make the text storable."""
        return None if value is None else storable(value)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept and given back in UTC; SQLite, which knows no zones, keeps it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC.

        Raises:
            ValueError: the time has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored; pass an aware datetime")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time back aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def id_column() -> Column[int]:
    """Return a primary key that grows and is never used twice."""
    return Column("id", Identity, primary_key=True, autoincrement=True)


def reference(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    """Return a column that points at the id of another table."""
    return Column(name, Identity, ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def json_column(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return a JSON column; where it may be missing, None is SQL's NULL and not JSON's."""
    return Column(name, JSON(none_as_null=True), nullable=nullable)
