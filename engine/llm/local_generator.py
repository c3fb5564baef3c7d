"""The four roles on models loaded here: requests of many turns meet in the decode loops of their bases."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from engine.batching import DeviceThread, Priority
from engine.errors import EngineError
from engine.llm.decode_loop import DecodeLoop, Row
from engine.llm.tokenization import Tokenization
from engine.profile_types import RoleSpec
from engine.stages import Generated
from engine.turn_types import RoleName

_LEAST_ROOM = 8


class LoopDriver:
    """Keeps one decode loop going on the device thread for as long as it has rows; one pass is one slice."""

    def __init__(self, device: DeviceThread, loop: DecodeLoop, *, linger_s: float = 0.001) -> None:
        """Make a driver.

        linger_s: how long the first row of an idle loop waits for company.
        """
        self._device = device
        self._loop = loop
        self._linger_s = linger_s
        self._outcomes: dict[Row, Future[list[int]]] = {}
        self._lock = threading.Lock()
        self._scheduled = False

    async def generate(self, make_row: Callable[[Callable[[], bool]], Row]) -> list[int]:
        """Generate one row, made with the function that tells whether it is still wanted; return its new tokens.

        Raises:
            EngineError: the model failed on this row, or the engine is stopping.
        """
        outcome: Future[list[int]] = Future()
        row = make_row(outcome.cancelled)
        with self._lock:
            self._outcomes[row] = outcome
            self._loop.admit(row)
            schedule = not self._scheduled
            self._scheduled = True
        if schedule:
            asyncio.get_running_loop().call_later(self._linger_s, self._post)
        return await asyncio.wrap_future(outcome)

    def _post(self) -> None:
        try:
            self._device.post(self._step, Priority.TEXT, self._abandon)
        except EngineError as error:
            self._abandon(error)

    def _step(self) -> bool:
        try:
            for row in self._loop.step():
                self._settle(row, None)
        except Exception as error:
            self._recover(error)
        with self._lock:
            self._scheduled = self._loop.has_work()
            return self._scheduled

    def _recover(self, error: Exception) -> None:
        """Give each row of a failed pass a try without company; a row that fails alone has failed."""
        rows = self._loop.drop_all()
        if len(rows) == 1 or (rows and rows[0].alone):
            failed, *rows = rows
            told = EngineError(f"The language model failed ({type(error).__name__}); try again, the log has the cause")
            told.__cause__ = error
            self._settle(failed, told)
        for row in rows:
            row.restart()
            self._loop.admit(row)

    def _settle(self, row: Row, error: EngineError | None) -> None:
        with self._lock:
            outcome = self._outcomes.pop(row)
        if outcome.set_running_or_notify_cancel():
            if error is None:
                outcome.set_result(row.new)
            else:
                outcome.set_exception(error)

    def _abandon(self, error: EngineError) -> None:
        for row in self._loop.drop_all():
            self._settle(row, error)
        with self._lock:
            self._scheduled = False


@dataclass(frozen=True, slots=True)
class LocalRole:
    """One role ready to run: the driver of its base, its tokenizer, and the name of its adapter in that base."""

    driver: LoopDriver
    tokenization: Tokenization
    adapter: str
    longest: int  # tokens of prompt and new text that the base can hold


class LocalGenerator:
    """A `TextGenerator` over local models."""

    def __init__(self, specs: Mapping[RoleName, RoleSpec], roles: Mapping[RoleName, LocalRole]) -> None:
        self._specs = specs
        self._roles = roles

    def count_tokens(self, role: RoleName, text: str) -> int:
        """Count tokens. See `TextGenerator.count_tokens`."""
        return self._roles[role].tokenization.count(text)

    async def generate(self, role: RoleName, prompt: str, *, seed: int, temperature: float) -> Generated:
        """Sample one continuation. See `TextGenerator.generate`.

        Raises:
            EngineError: the prompt does not fit the model, or the model failed.
        """
        spec, local = self._specs[role], self._roles[role]
        ids = local.tokenization.encode(prompt)
        room = min(spec.room(len(ids)), local.longest - len(ids))
        if room < _LEAST_ROOM:
            raise EngineError(f"A prompt of {len(ids)} tokens is too long for the role {role}; lower the length gate")

        def make_row(cancelled: Callable[[], bool]) -> Row:
            return Row(
                prompt=ids,
                adapter=local.adapter,
                room=room,
                temperature=temperature,
                seed=seed,
                stops=lambda row: local.tokenization.ends_with_stop(row.new, spec.stop),
                cancelled=cancelled,
                runs_on=spec.runs_on,
            )

        new = await local.driver.generate(make_row)
        return Generated(text=local.tokenization.decode(new), new_tokens=len(new))
