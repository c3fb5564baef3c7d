"""Ready is who can reach the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.observations import Observations
from bot.operator_view import OperatorView
from storage.database import Storage
from storage.errors import StorageError
from tests.fakes import FakeClock


class DeadStorage:
    """A database that has gone, or that never answers."""

    def __init__(self, wait_s: float = 0.0) -> None:
        self._wait_s = wait_s

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        await asyncio.sleep(self._wait_s)
        raise StorageError("the database has gone; start it again")
        yield


def view(storage: Any) -> OperatorView:
    clock = FakeClock()
    return OperatorView(storage, Observations(clock), {"profile": "mini"}, lambda: 0, clock)


async def test_ready_while_the_database_answers(tmp_path: Path) -> None:
    storage = await Storage.open(f"sqlite+aiosqlite:///{tmp_path / 'bot.sqlite3'}")
    assert await view(storage).is_ready()
    assert set((await view(storage).status()).figures.values()) == {0}
    await storage.close()


async def test_not_ready_when_it_fails_or_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.operator_view.READY_WITHIN_S", 0.05)
    assert not await view(DeadStorage()).is_ready()
    assert not await view(DeadStorage(wait_s=5)).is_ready()
