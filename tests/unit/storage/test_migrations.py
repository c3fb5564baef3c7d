import asyncio
import stat
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from storage.database import Storage, make_engine, migrate, parse_url
from storage.errors import DatabaseUnusable
from storage.migrations.upgrade import alembic_config
from storage.tables import metadata
from tests.unit.storage.databases import postgres_database


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
    return list(compare_metadata(context, metadata))


async def test_migrations_and_tables_agree(storage: Storage) -> None:
    async with storage._engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_uniqueness_of_shared_mailboxes_is_in_the_migrations_too(storage: Storage) -> None:
    async with storage._engine.connect() as connection:
        indexes = await connection.run_sync(lambda inner: inspect(inner).get_indexes("conversations"))
    [shared] = [index for index in indexes if index["name"] == "uq_conversations_shared"]
    assert shared["unique"]
    where = next(str(value) for key, value in (shared.get("dialect_options") or {}).items() if key.endswith("_where"))
    assert "person_id IS NULL" in where


async def test_ids_on_sqlite_are_never_used_twice(storage: Storage) -> None:
    if not storage.is_sqlite:
        pytest.skip("speaks of SQLite alone")
    async with storage._engine.connect() as connection:
        made = (await connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))).all()
    growing = {row.name for row in made if row.sql and "AUTOINCREMENT" in row.sql}
    assert growing == {table.name for table in metadata.tables.values() if "id" in table.c and table.name != "turns"}


async def test_a_downgrade_leaves_an_empty_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'oh.sqlite3'}"
    await migrate(url)
    engine = make_engine(url, foreign_keys=False)
    async with engine.begin() as connection:
        await connection.run_sync(lambda inner: command.downgrade(alembic_config(inner), "base"))
        left = await connection.run_sync(lambda inner: inspect(inner).get_table_names())
    await engine.dispose()
    assert left == ["alembic_version"]


async def test_opening_again_changes_nothing_and_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "oh.sqlite3"
    async with await Storage.open(f"sqlite:///{path}") as storage, storage.work() as work:
        await work.states.put("k", {"v": 1})
    async with await Storage.open(f"sqlite+aiosqlite:///{path}") as storage, storage.read() as work:
        assert await work.states.get("k") == {"v": 1}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_several_may_start_at_once_on_sqlite(tmp_path: Path) -> None:
    await asyncio.gather(*(migrate(f"sqlite:///{tmp_path / 'oh.sqlite3'}") for _ in range(3)))


def test_several_may_start_at_once_on_postgresql() -> None:
    async def start(url: str) -> None:
        await asyncio.gather(*(migrate(url) for _ in range(3)))

    with postgres_database() as url:
        asyncio.run(start(url))


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'oh.sqlite3'}"
    await migrate(url)
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(DatabaseUnusable, match="newer version of Oh-LoRA; update"):
        await migrate(url)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "oh.sqlite3"
    path.write_bytes(b"this is not a database, it is a text that is long enough" * 20)
    with pytest.raises(DatabaseUnusable, match="not a database") as caught:
        await Storage.open(f"sqlite:///{path}")
    assert "\n" not in str(caught.value)


async def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnusable, match="OHLORA_DATA_DIR"):
        await Storage.open(f"sqlite:///{tmp_path / 'file' / 'oh.sqlite3'}")


async def test_a_server_that_does_not_answer_is_refused() -> None:
    with pytest.raises(DatabaseUnusable, match="OHLORA_DATABASE_URL") as caught:
        await Storage.open("postgresql://someone:secretword@127.0.0.1:1/none")
    assert "secretword" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///a.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite"),
        ("postgres://u@h/d", "postgresql+asyncpg"),
        ("postgresql+psycopg://u@h/d", "postgresql+asyncpg"),
    ],
)
def test_the_driver_is_ours_whatever_the_url_names(url: str, driver: str) -> None:
    assert parse_url(url).drivername == driver


@pytest.mark.parametrize("url", ["mysql://u:secretword@h/d", "secretword"])
def test_another_database_is_refused_by_name(url: str) -> None:
    with pytest.raises(DatabaseUnusable) as caught:
        parse_url(url)
    assert "secretword" not in str(caught.value)
