"""What the status page needs of the service: figures for whoever runs it, never a text or a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage of a turn: how often since the start, and how long lately."""

    stage: str
    count: int
    median_ms: float
    slow_ms: float


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """Something that failed."""

    at: datetime
    where: str
    error: str


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """The service at one moment.

    figures: numbers by name (`waiting`, `unfinished`, `unsent`, `set_aside`, `undelivered`, `blocks`, `watching`,
    `turns`, `turns_per_s`). weights: facts by name (`profile`, `device`, `faces`, `judge`).
    """

    at: datetime
    figures: Mapping[str, float]
    stages: tuple[StageLine, ...]
    problems: tuple[ProblemLine, ...]
    weights: Mapping[str, str]


class OperatorDesk(Protocol):
    """The service as whoever runs it sees it."""

    async def status(self) -> ServiceStatus:
        """Return the figures of this moment."""

    async def metrics(self) -> bytes:
        """Return everything in Prometheus' text format."""

    async def is_ready(self) -> bool:
        """Tell whether messages can be taken: the database answers."""

    def problem(self, where: str, error: BaseException) -> None:
        """Take note of an error by its type."""
