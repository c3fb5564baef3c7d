"""Opens and closes the database: engine, pragmas, migrations, the two kinds of transaction."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.errors import DatabaseBusy, DatabaseUnusable
from storage.tables.base import storable
from storage.work import UnitOfWork, described, unit_of_work

BUSY_TIMEOUT_S = 20.0
# Execution options that the begin events read. SQLAlchemy's own AUTOCOMMIT would give the SQLite connection back
# with another isolation level than ours.
READ_ONLY = "oh_lora_read_only"
NO_TRANSACTION = "oh_lora_no_transaction"


class Storage:
    """An open database.

    `async with storage.work() as work:` commits at a clean exit; `async with storage.read() as work:` sees one
    consistent state and can change nothing.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**{READ_ONLY: True})
        # SQLite has one writer at a time; in line here is fairer and quicker than polling its lock.
        self._turnstile: asyncio.Lock | None = asyncio.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the database is an SQLite file."""
        return self._engine.dialect.name == "sqlite"

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open the database, made and brought up to date when needed.

        Raises:
            DatabaseUnusable: it cannot be reached, read or migrated.
        """
        await migrate(url)
        return cls(make_engine(url))

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    @asynccontextmanager
    async def work(self) -> AsyncIterator[UnitOfWork]:
        """Open a unit of work that may write. Never await anything slow inside: on SQLite all writers wait for it."""
        turn: AbstractAsyncContextManager[Any] = self._turnstile or nullcontext()
        async with turn, unit_of_work(self._engine) as work:
            yield work

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        """Open a unit of work that only reads; a write in it is refused."""
        async with unit_of_work(self._reading) as work:
            yield work

    async def checkpoint(self) -> None:
        """Clear what was deleted out of the database's files; for after an erasure and for the nightly sweep.

        Raises:
            DatabaseBusy: another program keeps the database open in a transaction.
        """
        try:
            if self.is_sqlite:
                await self._rewrite_sqlite()
                return
            async with self._engine.connect() as connection:
                alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
                await alone.execute(text("VACUUM"))
        except SQLAlchemyError as error:
            raise described(error) from None

    async def _rewrite_sqlite(self) -> None:
        # secure_delete does not reach the remains of cells that were moved when pages were balanced; writing the whole
        # file anew does.
        async with self._turnstile or nullcontext(), self._engine.connect() as connection:
            alone = await connection.execution_options(**{NO_TRANSACTION: True})
            await alone.execute(text("PRAGMA query_only=OFF"))
            await alone.execute(text("VACUUM"))
            busy = (await alone.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).one()[0]
        if busy:
            raise DatabaseBusy("another program reads the database, so that its log cannot be cleared; try again")


def parse_url(url: str) -> URL:
    """Read a database URL and name the async driver: `sqlite:///FILE` and `postgresql://...` are enough.

    Raises:
        DatabaseUnusable: it is not a URL, or of another database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseUnusable(
            "the database URL cannot be read; set OHLORA_DATABASE_URL to sqlite+aiosqlite:///FILE or postgresql+asyncpg://..."
        ) from None
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    backend = parsed.drivername.split("+")[0]
    if backend not in drivers:
        raise DatabaseUnusable(f"no {backend} database is supported; set OHLORA_DATABASE_URL to SQLite or PostgreSQL")
    return parsed.set(drivername=drivers[backend])


def make_engine(url: str, *, foreign_keys: bool = True) -> AsyncEngine:
    """Make an engine whose connections and transactions behave as design section 4 says."""
    parsed = parse_url(url)
    # Parameters are people's texts: they stay out of every error message.
    options: dict[str, Any] = {"hide_parameters": True, "json_serializer": to_json}
    if parsed.get_backend_name() != "sqlite":
        engine = create_async_engine(parsed, pool_pre_ping=True, **options)
        event.listen(engine.sync_engine, "begin", _begin_postgresql)
        return engine
    _make_private_file(parsed)
    engine = create_async_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_S}, **options)

    def connect(connection: Any, _record: object) -> None:
        _set_pragmas(connection, foreign_keys=foreign_keys)

    event.listen(engine.sync_engine, "connect", connect)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def to_json(value: Any) -> str:
    """Write JSON with readable Hangul, in a form that every database takes."""
    return storable(json.dumps(value, ensure_ascii=False, allow_nan=False))


def _make_private_file(url: URL) -> None:
    # The log files of SQLite take over the rights of the database: only its owner reads what people wrote.
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        return
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DatabaseUnusable(f"cannot write the database {path} ({reason}); check OHLORA_DATA_DIR") from None


def _set_pragmas(connection: Any, *, foreign_keys: bool) -> None:
    connection.isolation_level = None  # transactions begin in _begin_sqlite, not behind our back
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(NO_TRANSACTION):
        return
    reading = bool(options.get(READ_ONLY))
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
    # A writer that began by reading could not wait for another one: it takes the lock at once.
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(READ_ONLY):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


async def migrate(url: str) -> None:
    """Make the tables, or bring those of an older version up to date; safe when several start at once.

    Raises:
        DatabaseUnusable: it cannot be reached, read or migrated.
    """
    # Alembic costs start-up time and is needed here alone.
    from storage.migrations.upgrade import upgrade

    engine = make_engine(url, foreign_keys=False)  # batch mode re-creates tables that others point to
    try:
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseUnusable(
            f"the database cannot be opened ({described(error)}); check OHLORA_DATABASE_URL"
        ) from None
    finally:
        await engine.dispose()
