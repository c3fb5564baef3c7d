"""How fast one visitor may send."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

VISITORS_KEPT = 10_000


class Pace:
    """Allows `burst` messages at once and one more every `every_s` seconds; `clock` counts seconds."""

    def __init__(self, burst: int, every_s: float, clock: Callable[[], float]) -> None:
        self._burst = burst
        self._every_s = every_s
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()  # when all of the burst is free again

    def wait_s(self, visitor_id: str) -> float:
        """Count one message and return 0, or return how many seconds too early it is."""
        now = self._clock()
        full_at = max(self._full_at.get(visitor_id, now), now) + self._every_s
        too_early_s = full_at - now - self._burst * self._every_s
        if too_early_s > 1e-9:
            return too_early_s
        self._full_at[visitor_id] = full_at
        self._full_at.move_to_end(visitor_id)
        if len(self._full_at) > VISITORS_KEPT:
            self._full_at.popitem(last=False)
        return 0.0
