"""How large the batches really were that went to the device."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

ObserveBatch = Callable[[str, int], None]  # stage and number of rows, told on the device thread


@dataclass(frozen=True, slots=True)
class BatchSizes:
    """Rows in the batches of one stage."""

    batches: int
    mean: float
    largest: int


def ignore_batch(stage: str, rows: int) -> None:
    """Keep nothing."""


class BatchLog:
    """An `ObserveBatch` that keeps every size."""

    def __init__(self) -> None:
        self._sizes: defaultdict[str, list[int]] = defaultdict(list)

    def __call__(self, stage: str, rows: int) -> None:
        """Keep one batch's size."""
        self._sizes[stage].append(rows)

    def clear(self) -> None:
        """Forget what was seen."""
        self._sizes.clear()

    def sizes(self) -> dict[str, BatchSizes]:
        """Return the sizes seen since the start or the last `clear`, by stage."""
        return {
            stage: BatchSizes(len(seen), round(sum(seen) / len(seen), 2), max(seen))
            for stage, seen in sorted(self._sizes.items())
        }
