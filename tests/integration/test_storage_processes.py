"""Several processes share one database: claims, and what is left when a process is killed."""

import asyncio
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from storage.database import Storage, make_engine, migrate
from storage.records import InboxState
from tests.unit.storage.databases import migrated_postgres
from tests.unit.storage.scene import NOW, Scene

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture(scope="module")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("processes") / "template.sqlite3"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "oh.sqlite3")
        yield f"sqlite:///{tmp_path / 'oh.sqlite3'}"
    else:
        with migrated_postgres() as postgres:
            yield postgres


def work_until_empty(url: str, owner: str, pipe: Connection) -> None:
    """Claim and finish messages until none is left, and send back the ids in the order of finishing."""

    async def run() -> list[int]:
        done: list[int] = []
        idle = 0
        async with Storage(make_engine(url)) as storage:
            while idle < 20:
                async with storage.work() as work:
                    claimed = await work.inbox.claim(owner, NOW, 60, 2)
                for row in claimed:
                    async with storage.work() as work:
                        await work.inbox.set_state(row.id, InboxState.DONE, NOW, owner=owner)
                    done.append(row.id)
                idle = 0 if claimed else idle + 1
                await asyncio.sleep(0.01)
        return done

    pipe.send("ready")
    pipe.recv()
    pipe.send(asyncio.run(run()))


def test_processes_share_the_inbox_and_take_each_message_once_in_order(url: str) -> None:
    async def fill() -> dict[int, list[int]]:
        async with Storage(make_engine(url)) as storage:
            people = [await Scene.server(storage, f"p{number}") for number in range(4)]
            return {person.conversation_id: [(await person.say()).id for _ in range(5)] for person in people}

    boxes = asyncio.run(fill())
    workers = []
    for number in range(2):
        here, there = SPAWN.Pipe()
        worker = SPAWN.Process(target=work_until_empty, args=(url, f"w{number}", there))
        worker.start()
        workers.append((worker, here))
    for _, pipe in workers:
        assert pipe.recv() == "ready"
    for _, pipe in workers:
        pipe.send("go")
    finished = [pipe.recv() for _, pipe in workers]
    for worker, _ in workers:
        worker.join(30)
        assert worker.exitcode == 0
    assert sorted(finished[0] + finished[1]) == sorted(row for box in boxes.values() for row in box)
    for rows in finished:
        for box in boxes.values():
            mine = [row for row in rows if row in box]
            assert mine == sorted(mine)


def die_inside_work(url: str) -> None:
    """Claim a message in one work, then die inside a second one that has written much."""

    async def run() -> None:
        storage = Storage(make_engine(url))
        async with storage.work() as work:
            await work.inbox.claim("dead", NOW, 60, 1)
        async with storage.work() as work:
            await work.states.put("half", {"done": True})
            for number in range(200):
                await work.states.put(f"k{number}", {"filler": "x" * 2000})
            os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(run())


def test_a_process_killed_inside_its_work_leaves_nothing_of_it_and_its_try_is_counted(url: str) -> None:
    async def fill() -> int:
        async with Storage(make_engine(url)) as storage:
            return (await (await Scene.direct(storage, "mina")).say()).id

    inbox_id = asyncio.run(fill())
    process = SPAWN.Process(target=die_inside_work, args=(url,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL

    async def look() -> None:
        async with await Storage.open(url) as storage, storage.work() as work:
            assert await work.states.get("half") is None
            assert (await work.inbox.get(inbox_id)).attempts == 1
            assert await work.inbox.claim("next", NOW, 60, 1) == []
            [again] = await work.inbox.claim("next", NOW + timedelta(seconds=60), 60, 1)
            assert (again.id, again.attempts) == (inbox_id, 2)

    asyncio.run(look())


def test_the_storage_room_loads_neither_models_nor_chat_platforms() -> None:
    program = (
        "import sys, storage.database; print(sorted({'torch', 'discord', 'telegram', 'alembic'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
