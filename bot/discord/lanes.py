"""One lane a channel: its messages are taken one after the other, and wait while a gap before them is filled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Lanes:
    """Locks by channel, in the order in which they are asked for, and gates that hold a channel back."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._gates: dict[int, asyncio.Event] = {}

    @asynccontextmanager
    async def take(self, channel_id: int, *, behind_gate: bool = True) -> AsyncIterator[None]:
        """Wait for one's turn in a channel; only who fills the gap goes around the gate."""
        while behind_gate and (gate := self._gates.get(channel_id)) is not None:
            await gate.wait()
        lock = self._locks.get(channel_id)
        if lock is None:
            lock = self._locks[channel_id] = asyncio.Lock()
        async with lock:
            yield

    def close_gate(self, channel_id: int) -> None:
        """Hold a channel's messages back from now on."""
        self._gates.setdefault(channel_id, asyncio.Event())

    def open_gate(self, channel_id: int) -> None:
        """Let a channel's messages go on, in the order in which they came."""
        gate = self._gates.pop(channel_id, None)
        if gate is not None:
            gate.set()
