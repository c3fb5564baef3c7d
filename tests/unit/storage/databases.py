"""Databases of the tests' own: a migrated SQLite file, and a database on a PostgreSQL server when there is one."""

import asyncio
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import pytest
from sqlalchemy import make_url

from storage.database import migrate

SERVER = os.environ.get("OHLORA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")


async def _on_server(statement: str) -> None:
    connection = await asyncpg.connect(SERVER, timeout=5)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextmanager
def postgres_database() -> Iterator[str]:
    """Yield the URL of an empty PostgreSQL database; skip when no server answers."""
    name = f"ohlora_{secrets.token_hex(6)}"
    try:
        asyncio.run(_on_server(f"CREATE DATABASE {name}"))
        asyncio.run(_on_server(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        pytest.skip(f"no PostgreSQL server for tests ({type(error).__name__}); set OHLORA_TEST_POSTGRES_URL")
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        asyncio.run(_on_server(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def migrated_postgres() -> Iterator[str]:
    """Yield the URL of a PostgreSQL database with every table."""
    with postgres_database() as url:
        asyncio.run(migrate(url))
        yield url
