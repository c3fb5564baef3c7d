"""The single device thread, and the batchers that gather the calls of many turns for it.

Every model call of the engine goes through one `DeviceThread`: the asyncio side never waits for the device, and the
thread always takes the most urgent work next. Long work is cut into slices; between two slices anything more urgent
goes first. A `StageBatcher` gathers the requests of many turns that wait for the same stage into one call.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

from engine.errors import EngineError

T = TypeVar("T")
Req = TypeVar("Req")
Res = TypeVar("Res")


class Priority(IntEnum):
    """What goes first on the device; the smaller number."""

    TEXT = 0
    STILL = 1
    CLIP = 2
    LIVE = 3


@dataclass(order=True, slots=True)
class _Job:
    """Work on the heap. `step` does one slice and tells whether it wants another; it must not raise."""

    priority: Priority
    sequence: int
    step: Callable[[], bool] = field(compare=False)
    abandon: Callable[[EngineError], None] = field(compare=False)


class DeviceThread:
    """One thread that does all work on the device, most urgent first, equals in turn.

    `start` before use, `stop` after; both may be called once.
    """

    def __init__(self, name: str = "device") -> None:
        self._jobs: list[_Job] = []
        self._sequence = itertools.count()
        self._changed = threading.Condition()
        self._running = False
        self._closing = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    async def stop(self, grace_s: float) -> None:
        """Refuse new work, finish what is queued within `grace_s`, abandon the rest, and end the thread.

        Waits for the running slice, however long it takes.
        """
        await asyncio.to_thread(self._finish, grace_s)

    def post(self, step: Callable[[], bool], priority: Priority, abandon: Callable[[EngineError], None]) -> None:
        """Queue sliced work: `step` is called on the thread again and again for as long as it returns True.

        `step` must not raise. `abandon` is called instead of it when the thread stops first.

        Raises:
            EngineError: the thread is stopping.
        """
        with self._changed:
            if self._closing:
                raise EngineError("The engine is stopping; send the message again after the restart")
            self._push(step, priority, abandon)

    async def run(self, work: Callable[[], T], priority: Priority) -> T:
        """Call `work` on the thread, as one slice, and return what it returns.

        Raises:
            EngineError: the thread stopped before the work's turn came.
        """
        outcome: Future[T] = Future()

        def step() -> bool:
            if not outcome.cancelled():
                try:
                    result = work()
                except BaseException as error:
                    _settle(outcome, error=error)
                else:
                    _settle(outcome, result=result)
            return False

        self.post(step, priority, lambda error: _settle(outcome, error=error))
        return await asyncio.wrap_future(outcome)

    async def run_sliced(self, slices: Generator[None, None, T], priority: Priority) -> T:
        """Run a generator on the thread, one `next` a slice, and return what the generator returns.

        Cancelling the caller closes the generator at the next slice.

        Raises:
            EngineError: the thread stopped before the work was done.
        """
        outcome: Future[T] = Future()

        def step() -> bool:
            if outcome.cancelled():
                slices.close()
                return False
            try:
                next(slices)
            except StopIteration as end:
                _settle(outcome, result=end.value)
                return False
            except BaseException as error:
                _settle(outcome, error=error)
                return False
            return True

        self.post(step, priority, lambda error: _settle(outcome, error=error))
        return await asyncio.wrap_future(outcome)

    def _push(self, step: Callable[[], bool], priority: Priority, abandon: Callable[[EngineError], None]) -> None:
        heapq.heappush(self._jobs, _Job(priority, next(self._sequence), step, abandon))
        self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._running = False
                self._changed.notify_all()
                while not self._jobs:
                    if self._closing:
                        return
                    self._changed.wait()
                job = heapq.heappop(self._jobs)
                self._running = True
            again = job.step()
            if again:
                with self._changed:
                    # A fresh sequence number puts it behind its equals: two long jobs take turns.
                    self._push(job.step, job.priority, job.abandon)

    def _finish(self, grace_s: float) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._jobs and not self._running, timeout=grace_s)
            # A running sliced job puts itself back after its slice; so drain until the thread has ended.
            while self._jobs or self._running:
                abandoned, self._jobs = self._jobs, []
                for job in abandoned:
                    job.abandon(EngineError("The engine stopped before this was done; it is safe to try again"))
                self._changed.wait_for(lambda: bool(self._jobs) or not self._running)
        if self._thread.ident is not None:
            self._thread.join()


class StageBatcher(Generic[Req, Res]):
    """Gathers requests of many turns into batches for one model stage.

    A batch is formed when the device thread gets to it, so that whatever arrived while the device was busy goes
    together. `linger_s` lets requests of the same moment meet when the device is idle.
    """

    def __init__(
        self,
        device: DeviceThread,
        process: Callable[[Sequence[Req]], Sequence[Res]],
        *,
        name: str,
        priority: Priority,
        max_batch: int = 32,
        linger_s: float = 0.001,
        observe: Callable[[int], None] | None = None,
    ) -> None:
        """Make a batcher.

        process: called on the device thread with 1 to `max_batch` requests; returns one result for each, in order.
        name: names the stage in error messages.
        observe: told the size of each batch, on the device thread.
        """
        self._device = device
        self._process = process
        self._name = name
        self._priority = priority
        self._max_batch = max_batch
        self._linger_s = linger_s
        self._observe = observe
        self._lock = threading.Lock()
        self._pending: deque[tuple[Req, Future[Res]]] = deque()
        self._alone: deque[tuple[Req, Future[Res]]] = deque()
        self._scheduled = False

    async def submit(self, request: Req) -> Res:
        """Hand in one request and return its result.

        Raises:
            EngineError: the stage failed for this very request, or the engine is stopping.
        """
        return (await self.submit_all((request,)))[0]

    async def submit_all(self, requests: Iterable[Req]) -> list[Res]:
        """Hand in several requests at once and return their results in order.

        Raises:
            EngineError: as for `submit`, of the first request that failed.
        """
        waiting: list[tuple[Req, Future[Res]]] = [(request, Future()) for request in requests]
        with self._lock:
            self._pending.extend(waiting)
            schedule = bool(waiting) and not self._scheduled
            self._scheduled = self._scheduled or schedule
        if schedule:
            asyncio.get_running_loop().call_later(self._linger_s, self._post)
        return list(await asyncio.gather(*(asyncio.wrap_future(outcome) for _, outcome in waiting)))

    def _post(self) -> None:
        try:
            self._device.post(self._step, self._priority, self._abandon)
        except EngineError as error:
            self._abandon(error)

    def _take(self) -> list[tuple[Req, Future[Res]]]:
        with self._lock:
            while self._alone:
                item = self._alone.popleft()
                if not item[1].cancelled():
                    return [item]
            batch: list[tuple[Req, Future[Res]]] = []
            while self._pending and len(batch) < self._max_batch:
                item = self._pending.popleft()
                if not item[1].cancelled():
                    batch.append(item)
            return batch

    def _step(self) -> bool:
        batch = self._take()
        if batch:
            self._run(batch)
        with self._lock:
            self._scheduled = bool(self._pending or self._alone)
            return self._scheduled

    def _run(self, batch: list[tuple[Req, Future[Res]]]) -> None:
        if self._observe is not None:
            self._observe(len(batch))
        try:
            results = self._process([request for request, _ in batch])
            if len(results) != len(batch):
                raise EngineError(f"The {self._name} stage gave {len(results)} results for {len(batch)} requests")
        except Exception as error:
            if len(batch) > 1:
                # One bad request must not fail its neighbours: each is tried by itself.
                with self._lock:
                    self._alone.extend(batch)
                return
            _settle(batch[0][1], error=_as_engine_error(self._name, error))
            return
        for (_, outcome), result in zip(batch, results, strict=True):
            _settle(outcome, result=result)

    def _abandon(self, error: EngineError) -> None:
        with self._lock:
            left = [*self._alone, *self._pending]
            self._alone.clear()
            self._pending.clear()
            self._scheduled = False
        for _, outcome in left:
            _settle(outcome, error=error)


def _as_engine_error(stage: str, error: Exception) -> EngineError:
    if isinstance(error, EngineError):
        return error
    wrapped = EngineError(
        f"The {stage} stage failed ({type(error).__name__}); try again, and see the log for the cause"
    )
    wrapped.__cause__ = error
    return wrapped


def _settle(outcome: Future[T], *, result: T | None = None, error: BaseException | None = None) -> None:
    """Settle a future unless its caller has gone."""
    if not outcome.set_running_or_notify_cancel():
        return
    if error is not None:
        outcome.set_exception(error)
    else:
        outcome.set_result(result)  # type: ignore[arg-type]  # a None result is a T here
