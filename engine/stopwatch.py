"""How long each stage of a turn took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.stages import Clock


class Stopwatch:
    """Collects milliseconds by stage name; stages may overlap."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.timings_ms: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        start = self._clock()
        try:
            yield
        finally:
            spent = (self._clock() - start) * 1000
            self.timings_ms[name] = round(self.timings_ms.get(name, 0.0) + spent, 3)
