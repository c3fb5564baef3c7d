"""Long polling with our own loop: the offset moves past an update only after the service committed it.

The library's Updater could do this with a queue whose `put` commits, but one failing commit, or one refused token,
ends its polling for good and says nothing, and it confirms whole batches. Here each update is confirmed by itself,
every failure is one log line and a pause, and the updates that were not committed come again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog
from telegram import Update
from telegram.error import RetryAfter, TelegramError, TimedOut

from bot.telegram.failures import pause_s, reason_of
from bot.telegram.intake import ALLOWED_UPDATES
from bot.telegram.library import LONG_POLL_S, TelegramBot

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0
_GOODBYE_S = 3.0

_log = structlog.get_logger(__name__)


class Poller:
    """Fetches updates and hands each to `take`, which returns when it is committed."""

    def __init__(
        self, bot: TelegramBot, take: Callable[[Update], Awaitable[None]], first_pause_s: float = _FIRST_PAUSE_S
    ) -> None:
        self._bot = bot
        self._take = take
        self._first_pause_s = first_pause_s
        self._offset: int | None = None
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to poll in the background."""
        self._task = asyncio.create_task(self._run(), name="telegram.polling")

    async def stop(self) -> None:
        """Stop polling; the update in hand is finished and what was committed is confirmed to Telegram."""
        self._stopping.set()
        if self._task is None:
            return
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        if self._offset is not None:
            with contextlib.suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await self._bot.get_updates(offset=self._offset, timeout=0, limit=1)

    async def _run(self) -> None:
        pause = self._first_pause_s
        while not self._stopping.is_set():
            try:
                for update in await self._fetch():
                    if self._stopping.is_set():
                        return
                    await self._take(update)
                    self._offset = update.update_id + 1
                pause = self._first_pause_s
            except TimedOut:
                continue  # a long poll that the network swallowed
            except RetryAfter as error:
                await self._rest(pause_s(error))
            except TelegramError as error:
                _log.warning("telegram.polling_failed", reason=reason_of(error), pause_s=pause)
                await self._rest(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)
            except Exception as error:
                _log.error("telegram.update_not_taken", error=type(error).__name__, pause_s=pause)
                await self._rest(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _fetch(self) -> tuple[Update, ...]:
        """Wait for updates, or for the stop; the wait is given up at once then."""
        asking = asyncio.ensure_future(
            self._bot.get_updates(offset=self._offset, timeout=LONG_POLL_S, allowed_updates=ALLOWED_UPDATES)
        )
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return asking.result() if asking.done() else ()
        finally:
            for future in (asking, stopping):
                future.cancel()
            await asyncio.gather(asking, stopping, return_exceptions=True)

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
