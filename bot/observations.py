"""What the operator may know of the work that is done: counts, times and types of errors; never a text or a name."""

from __future__ import annotations

import statistics
from collections import Counter as Tally
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

from bot.clock import Now

RATE_OVER = timedelta(minutes=5)
TURNS_KEPT = 20_000
TIMES_KEPT = 200  # for each stage
PROBLEMS_KEPT = 20
_BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


@dataclass(frozen=True, slots=True)
class StageTimes:
    """How long one stage of a turn took lately, in milliseconds; `count` is of all turns since the start."""

    stage: str
    count: int
    median_ms: float
    slow_ms: float  # 95 of 100 were quicker


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that failed: where, and the type of the error."""

    at: datetime
    where: str
    error: str


class Observations:
    """Counts what happens in this process, for the status page and for Prometheus."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._turns = Counter("ohlora_turns", "Turns judged or answered", ["outcome"], registry=self.registry)
        self._stages = Histogram(
            "ohlora_stage_seconds", "Time of one stage of a turn", ["stage"], registry=self.registry, buckets=_BUCKETS_S
        )
        self._errors = Counter("ohlora_errors", "Errors by place and type", ["where", "error"], registry=self.registry)
        self._finished: deque[datetime] = deque(maxlen=TURNS_KEPT)
        self._times_ms: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=TIMES_KEPT))
        self._stage_counts: Tally[str] = Tally()
        self._problems: deque[Problem] = deque(maxlen=PROBLEMS_KEPT)
        self.turns_total = 0
        self.judge_hash: str | None = None  # of the weights that judged last

    def turn(self, outcome: str, timings_ms: Mapping[str, float], judge_hash: str) -> None:
        """Count a turn's first half."""
        self.turns_total += 1
        self._finished.append(self._now())
        self._turns.labels(outcome).inc()
        self.judge_hash = judge_hash or self.judge_hash
        self.stages(timings_ms)

    def stages(self, timings_ms: Mapping[str, float]) -> None:
        """Take note of how long stages took."""
        for stage, took_ms in timings_ms.items():
            self._stages.labels(stage).observe(took_ms / 1000)
            self._times_ms[stage].append(took_ms)
            self._stage_counts[stage] += 1

    def problem(self, where: str, error: BaseException) -> None:
        """Count an error by its type; what it says is not kept."""
        name = type(error).__name__
        self._errors.labels(where, name).inc()
        self._problems.append(Problem(self._now(), where, name))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The latest errors, newest first."""
        return tuple(reversed(self._problems))

    def turns_per_s(self) -> float:
        """Return the mean rate of the last minutes."""
        since = self._now() - RATE_OVER
        return sum(1 for at in self._finished if at > since) / RATE_OVER.total_seconds()

    def stage_times(self) -> tuple[StageTimes, ...]:
        """Return the times of every stage seen, in the order they were first seen."""
        return tuple(
            StageTimes(stage, self._stage_counts[stage], statistics.median(times), _slow(times))
            for stage, times in self._times_ms.items()
        )


def _slow(times: deque[float]) -> float:
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]
