"""Insertion that is safe when two do it at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def insert_row(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> Row[Any]:
    """Insert a row and return it with every column."""
    result = await connection.execute(table.insert().values(dict(values)).returning(*table.c))
    return result.one()


async def insert_if_absent(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> Row[Any] | None:
    """Insert a row unless a unique rule of the table already holds one like it.

    On PostgreSQL this waits for another transaction that is inserting the same row, so that a select afterwards
    sees it.

    Returns:
        the new row with every column, or None when there was one.
    """
    insert = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
    statement = insert.values(dict(values)).on_conflict_do_nothing().returning(*table.c)
    return (await connection.execute(statement)).one_or_none()


async def put_row(
    connection: AsyncConnection, table: Table, identity: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    """Insert a row, or replace the values of the row with the same primary key."""
    insert = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
    statement = insert.values({**identity, **values}).on_conflict_do_update(
        index_elements=list(identity), set_=dict(values)
    )
    await connection.execute(statement)
