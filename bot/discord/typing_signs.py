"""The sign that she is typing, kept up in a channel while she works on an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

SHOWN_S = 8.0  # Discord shows one call for 10 s
LONGEST_S = 300.0  # a sign that nobody ends is ended

_log = structlog.get_logger(__name__)


class TypingSigns:
    """Keeps the sign up in each channel where at least one answer is being made."""

    def __init__(self, show: Callable[[int], Awaitable[None]], every_s: float = SHOWN_S) -> None:
        self._show = show
        self._every_s = every_s
        self._answers: dict[int, int] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def begin(self, channel_id: int) -> None:
        """Note one more answer being made in a channel."""
        self._answers[channel_id] = self._answers.get(channel_id, 0) + 1
        if channel_id not in self._tasks:
            self._tasks[channel_id] = asyncio.create_task(self._keep_up(channel_id))

    def end(self, channel_id: int) -> None:
        """Note that an answer is made; after the last one the sign goes out."""
        left = self._answers.get(channel_id, 0) - 1
        if left > 0:
            self._answers[channel_id] = left
            return
        self._answers.pop(channel_id, None)
        task = self._tasks.pop(channel_id, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """End every sign."""
        tasks = list(self._tasks.values())
        self._answers.clear()
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_up(self, channel_id: int) -> None:
        try:
            async with asyncio.timeout(LONGEST_S):
                while True:
                    await self._show(channel_id)
                    await asyncio.sleep(self._every_s)
        except Exception as error:  # a sign is never worth an error: without the right to write there is none
            _log.debug("the typing sign ended", channel_id=channel_id, error=type(error).__name__)
        finally:
            if self._tasks.get(channel_id) is asyncio.current_task():
                del self._tasks[channel_id]
