import asyncio
import sqlite3
from datetime import datetime

import pytest

from storage.database import Storage, make_engine
from storage.errors import DatabaseBusy, DatabaseConflict, StorageError
from tests.unit.storage.scene import NOW, Scene


async def test_work_that_ends_badly_leaves_nothing(scene: Scene) -> None:
    async def fail() -> None:
        async with scene.storage.work() as work:
            await work.inbox.add(scene.incoming())
            await work.states.put("k", {"v": 1})
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    async with scene.storage.read() as work:
        assert await work.inbox.waiting_total() == 0
        assert await work.states.get("k") is None


async def test_cancelled_work_leaves_nothing_and_blocks_nobody(scene: Scene) -> None:
    inside = asyncio.Event()

    async def write() -> None:
        async with scene.storage.work() as work:
            await work.states.put("k", {"v": 1})
            inside.set()
            for number in range(10_000):
                await work.states.put(f"k{number}", {})

    task = asyncio.create_task(write())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with scene.storage.work() as work:
        assert await work.states.get("k") is None
        await work.states.put("k", {"v": 2})


async def test_reading_sees_one_state_and_changes_nothing(scene: Scene) -> None:
    async with scene.storage.read() as reading:
        before = await reading.inbox.waiting_total()
        await scene.say()
        assert await reading.inbox.waiting_total() == before == 0
    with pytest.raises(StorageError):
        async with scene.storage.read() as reading:
            await reading.states.put("k", {})
    async with scene.storage.work() as work:
        await work.states.put("k", {})
        assert await work.inbox.waiting_total() == 1


async def test_an_error_of_the_database_quotes_no_value(scene: Scene) -> None:
    with pytest.raises(DatabaseConflict) as caught:
        async with scene.storage.work() as work:
            await work.inbox.add(scene.incoming("a secret text", conversation_id=12345, route={"token": "secret"}))
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_a_time_without_a_zone_is_refused(scene: Scene) -> None:
    naive = datetime(2026, 7, 6, 12, 0, 0)  # noqa: DTZ001
    with pytest.raises(StorageError, match="database refused"):
        async with scene.storage.work() as work:
            await work.inbox.add(scene.incoming(sent_at=naive))


async def test_writers_at_once_wait_for_each_other(storage: Storage) -> None:
    async def count() -> None:
        async with storage.work() as work:
            if storage.is_sqlite:
                state = await work.states.get("k") or {"v": 0}
                await work.states.put("k", {"v": state["v"] + 1})
            else:
                await work.people.account("web", str(id(work)), "", None, NOW)

    await asyncio.gather(*(count() for _ in range(40)))
    if storage.is_sqlite:
        async with storage.read() as work:
            assert await work.states.get("k") == {"v": 40}


async def test_sqlite_is_set_for_safety(storage: Storage) -> None:
    if not storage.is_sqlite:
        pytest.skip("speaks of SQLite alone")
    async with storage._engine.connect() as connection:
        found = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "busy_timeout": 20_000,
    }


async def test_a_database_locked_by_another_program_is_busy(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    if not storage.is_sqlite:
        pytest.skip("speaks of SQLite alone")
    monkeypatch.setattr("storage.database.BUSY_TIMEOUT_S", 0.05)
    path = storage._engine.url.database
    assert path is not None
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        async with Storage(make_engine(f"sqlite:///{path}")) as impatient:
            with pytest.raises(DatabaseBusy, match="locked"):
                async with impatient.work():
                    pass
            async with impatient.read() as work:
                assert await work.states.get("k") is None
        other.execute("ROLLBACK")
    other.close()
