"""Our own decode loop: rows join and leave a running batch at step boundaries.

Each row has its own limits, temperature, stop text and randomness, so it comes out the same in any company. One `step`
is one pass of the model over the batch: either the prompts of rows that join, or one new token for every row.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from engine.batch_log import ObserveBatch, ignore_batch
from engine.llm.attention import DecodeStep, Prefill
from engine.llm.causal_model import CausalModel
from engine.llm.kv_cache import KvCache
from engine.llm.lora import RowAdapters
from engine.llm.sampling import Sampling, next_tokens, penalised, uniforms

Stops = Callable[["Row"], bool]


@dataclass(eq=False, slots=True)
class Row:
    """One text being generated.

    `stops` tells whether the row's stop text has come; `room` is the limit of new tokens. `cancelled` is asked before
    each step.
    """

    prompt: list[int]
    adapter: str
    room: int
    temperature: float
    seed: int
    stops: Stops
    cancelled: Callable[[], bool]
    new: list[int] = field(default_factory=list)
    draws: list[float] = field(default_factory=list)
    runs_on: bool = False  # only the limit ends it
    alone: bool = False  # a pass with this row failed: try it without company

    def length(self) -> int:
        """Return the tokens of the row that are in the cache: all but the newest."""
        return len(self.prompt) + len(self.new) - 1

    def restart(self) -> None:
        """Forget what was generated; the same text comes again."""
        self.new.clear()
        self.alone = True


class DecodeLoop:
    """The rows of one base model. `admit` may be called from any thread; `step` from the device thread only."""

    def __init__(
        self,
        model: CausalModel,
        sampling: Sampling,
        *,
        max_rows: int = 64,
        max_prefill_tokens: int = 2048,
        observe: ObserveBatch = ignore_batch,
    ) -> None:
        """Make a loop.

        max_rows: rows decoded together. max_prefill_tokens: padded prompt tokens of one joining pass, a bound on the
        time of a slice. observe: told the rows of each pass that decodes.
        """
        self._model = model
        self._sampling = sampling
        self._max_rows = max_rows
        self._max_prefill_tokens = max_prefill_tokens
        self._observe = observe
        self._device = model.cache_shape.device
        self._cache = KvCache(model.cache_shape)
        self._waiting: deque[Row] = deque()
        self._active: list[Row] = []
        self._lock = threading.Lock()

    def admit(self, row: Row) -> None:
        """Let a row join at the next step."""
        with self._lock:
            self._waiting.append(row)

    def has_work(self) -> bool:
        """Tell whether another step is of use."""
        with self._lock:
            return bool(self._waiting or self._active)

    def drop_all(self) -> list[Row]:
        """Take every row out, the active ones first."""
        with self._lock:
            rows = [*self._active, *self._waiting]
            self._active = []
            self._waiting.clear()
            return rows

    def step(self) -> list[Row]:
        """Do one pass of the model; return the rows that are finished or no longer wanted."""
        with torch.inference_mode():
            left = self._leave([row for row in self._active if row.cancelled()])
            joining = self._joining()
            if joining:
                first = len(self._active)
                self._active.extend(joining)  # before the pass, so that `drop_all` finds them if it fails
                self._prefill(joining, first)
            elif self._active:
                self._decode()
            return left + self._leave([row for row in self._active if self._finished(row)])

    def _joining(self) -> list[Row]:
        rows: list[Row] = []
        longest = 0
        with self._lock:
            while self._waiting and len(self._active) + len(rows) < self._max_rows:
                row = self._waiting[0]
                company = bool(self._active or rows)
                if company and (row.alone or any(other.alone for other in (*self._active[:1], *rows[:1]))):
                    break
                longest = max(longest, len(row.prompt))
                if rows and longest * (len(rows) + 1) > self._max_prefill_tokens:
                    break
                rows.append(self._waiting.popleft())
        return rows

    def _prefill(self, rows: list[Row], first: int) -> None:
        longest = max(len(row.prompt) for row in rows)
        capacity = max(len(row.prompt) + row.room for row in self._active)
        self._cache.reserve(first + len(rows), capacity)
        tokens = torch.tensor([row.prompt + [0] * (longest - len(row.prompt)) for row in rows], device=self._device)
        last = torch.tensor([len(row.prompt) - 1 for row in rows], device=self._device)
        plan = Prefill(self._cache, first, len(rows), longest, self._device)
        self._sample(rows, self._model.forward(tokens, plan, self._adapters(rows), last))

    def _decode(self) -> None:
        rows = self._active
        self._observe("text", len(rows))
        plan = DecodeStep(self._cache, [row.length() for row in rows], self._device)
        tokens = torch.tensor([[row.new[-1]] for row in rows], device=self._device)
        last = torch.zeros(len(rows), dtype=torch.int64, device=self._device)
        self._sample(rows, self._model.forward(tokens, plan, self._adapters(rows), last))

    def _adapters(self, rows: list[Row]) -> RowAdapters:
        return RowAdapters.of([row.adapter for row in rows], self._model.cache_shape.dtype, self._device)

    def _sample(self, rows: list[Row], logits: torch.Tensor) -> None:
        for row in rows:
            if not row.draws:
                row.draws = uniforms(row.seed, row.room)
        if self._sampling.repetition_penalty != 1.0:
            logits = penalised(logits, [row.prompt + row.new for row in rows], self._sampling.repetition_penalty)
        chosen = next_tokens(
            logits, [row.temperature for row in rows], [row.draws[len(row.new)] for row in rows], self._sampling
        )
        for row, token in zip(rows, chosen, strict=True):
            row.new.append(token)

    def _finished(self, row: Row) -> bool:
        if len(row.new) >= row.room or row.runs_on:
            return len(row.new) >= row.room
        return row.new[-1] in self._sampling.end_tokens or row.stops(row)

    def _leave(self, rows: list[Row]) -> list[Row]:
        for row in rows:
            place = self._active.index(row)
            mover = self._active.pop()
            if mover is not row:  # the last row fills the gap, so that the active rows stay without gaps
                self._cache.move(len(self._active), place, mover.length())
                self._active[place] = mover
        return rows
