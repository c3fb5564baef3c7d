import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import Storage, make_engine, migrate
from storage.tables import metadata
from tests.unit.storage.databases import migrated_postgres
from tests.unit.storage.scene import Scene


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("storage") / "template.sqlite3"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with migrated_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with every table and no row."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    path = tmp_path / "test.sqlite3"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[Storage]:
    engine = make_engine(database_url)
    if engine.dialect.name == "postgresql":
        async with engine.begin() as connection:
            # Much quicker than TRUNCATE on tables that hold a few rows.
            deletions = "".join(f"DELETE FROM {table.name};" for table in reversed(metadata.sorted_tables))
            await connection.execute(text(f"DO $$ BEGIN {deletions} END $$"))
    async with Storage(engine) as opened:
        yield opened


@pytest.fixture
async def scene(storage: Storage) -> Scene:
    """A person `mina` in a direct chat."""
    return await Scene.direct(storage, "mina")
