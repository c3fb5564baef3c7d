"""The unit of work: everything done inside one is kept together or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.errors import DatabaseBusy, DatabaseConflict, StorageError
from storage.repositories.appeals import AppealRepository
from storage.repositories.audit import AuditRepository
from storage.repositories.ethics import EthicsRepository
from storage.repositories.images import ImageRepository
from storage.repositories.inbox import InboxRepository
from storage.repositories.links import LinkRepository
from storage.repositories.memory import MemoryRepository
from storage.repositories.outbox import OutboxRepository
from storage.repositories.people import PeopleRepository
from storage.repositories.retention import RetentionRepository
from storage.repositories.spaces import SpaceRepository
from storage.repositories.states import StateRepository
from storage.repositories.summaries import SummaryRepository
from storage.repositories.turns import TurnRepository


class UnitOfWork:
    """Every repository, on one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.people = PeopleRepository(connection)
        self.spaces = SpaceRepository(connection)
        self.inbox = InboxRepository(connection)
        self.turns = TurnRepository(connection)
        self.images = ImageRepository(connection)
        self.memory = MemoryRepository(connection)
        self.summaries = SummaryRepository(connection)
        self.appeals = AppealRepository(connection)
        self.links = LinkRepository(connection)
        self.ethics = EthicsRepository(connection)
        self.outbox = OutboxRepository(connection)
        self.audit = AuditRepository(connection)
        self.states = StateRepository(connection)
        self.retention = RetentionRepository(connection)


@asynccontextmanager
async def unit_of_work(engine: AsyncEngine) -> AsyncIterator[UnitOfWork]:
    """Open a unit of work; it commits at a clean exit and rolls back otherwise.

    Raises:
        DatabaseBusy: the database was locked or unreachable.
        DatabaseConflict: a rule of the tables refused the work.
        StorageError: the database refused it for another reason.
    """
    try:
        async with engine.begin() as connection:
            yield UnitOfWork(connection)
    except (SQLAlchemyError, OSError) as error:
        # The chain is cut: a driver's own words may quote the values, which are people's texts.
        raise described(error) from None


def described(error: SQLAlchemyError | OSError) -> StorageError:
    """Tell an error of the database in one line without any value."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    reason = f"{type(cause).__name__}: {(str(cause).splitlines() or [''])[0]}"
    if isinstance(error, IntegrityError):
        return DatabaseConflict(f"the database refused a change ({reason}); read the state again before another try")
    lost = isinstance(error, InterfaceError | OSError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )
    if lost or "locked" in reason or "deadlock" in reason.lower():
        return DatabaseBusy(f"the database is busy or unreachable ({reason}); try again, or see that it is running")
    return StorageError(f"the database refused the work ({reason}); check its disk and rights, or run doctor")
