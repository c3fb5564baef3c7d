"""The service as whoever runs it sees it; see bot.web.operator_desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from bot.clock import Now
from bot.observations import Observations
from bot.web.operator_desk import ProblemLine, ServiceStatus, StageLine
from storage.database import Storage
from storage.errors import StorageError

READY_WITHIN_S = 3.0
GAUGES = {
    "waiting": "Messages that nobody has begun",
    "unfinished": "Messages that are waiting or being worked on",
    "unsent": "Replies that are still to be sent",
    "set_aside": "Messages given up after too many attempts",
    "undelivered": "Replies that could not be delivered",
    "blocks": "Blocks that hold now",
    "watching": "Pages on which her face moves now",
}


class OperatorView:
    """Gathers figures from the database and from what was observed in this process."""

    def __init__(
        self,
        storage: Storage,
        observations: Observations,
        weights: Mapping[str, str],
        watching: Callable[[], int],
        now: Now,
    ) -> None:
        self._storage = storage
        self._observations = observations
        self._weights = weights
        self._watching = watching
        self._now = now

    async def status(self) -> ServiceStatus:
        """Return the figures of this moment."""
        seen = self._observations
        judge = {} if seen.judge_hash is None else {"judge": seen.judge_hash[:12]}
        return ServiceStatus(
            at=self._now(),
            figures={
                **await self._counts(),
                "turns": seen.turns_total,
                "turns_per_s": seen.turns_per_s(),
            },
            stages=tuple(StageLine(t.stage, t.count, t.median_ms, t.slow_ms) for t in seen.stage_times()),
            problems=tuple(ProblemLine(p.at, p.where, p.error) for p in seen.problems),
            weights={**self._weights, **judge},
        )

    async def metrics(self) -> bytes:
        """Return everything in Prometheus' text format."""
        momentary = CollectorRegistry()
        for name, value in (await self._counts()).items():
            Gauge(f"ohlora_{name}", GAUGES[name], registry=momentary).set(value)
        facts = Gauge("ohlora_weights_info", "What is loaded", sorted(self._weights), registry=momentary)
        facts.labels(**self._weights).set(1)
        return generate_latest(self._observations.registry) + generate_latest(momentary)

    async def is_ready(self) -> bool:
        """Tell whether messages can be taken: the database answers."""
        try:
            async with asyncio.timeout(READY_WITHIN_S), self._storage.read() as work:
                await work.inbox.waiting_total()
        except (StorageError, TimeoutError):
            return False
        return True

    def problem(self, where: str, error: BaseException) -> None:
        """Take note of an error by its type."""
        self._observations.problem(where, error)

    async def _counts(self) -> dict[str, float]:
        async with self._storage.read() as work:
            return {
                "waiting": await work.inbox.waiting_total(),
                "unfinished": await work.inbox.unfinished_total(),
                "unsent": await work.outbox.unsent_total(),
                "set_aside": await work.inbox.set_aside_total(),
                "undelivered": await work.outbox.failed_total(),
                "blocks": len(await work.ethics.blocks(None, self._now())),
                "watching": self._watching(),
            }
