"""The typing indicator: Telegram shows it for five seconds, so it is refreshed while she works."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.telegram.chat_address import ChatAddress
from bot.telegram.failures import pause_s
from bot.telegram.library import TelegramBot

REFRESH_S = 4.5
LONGEST_S = 120.0  # ends an indicator that nobody switched off


@dataclass(slots=True)
class _Shown:
    task: asyncio.Task[None]
    wanted_by: int


class TypingIndicator:
    """Shows typing in any number of chats; several turns may want it in the same chat at once."""

    def __init__(self, bot: TelegramBot, refresh_s: float = REFRESH_S, longest_s: float = LONGEST_S) -> None:
        self._bot = bot
        self._refresh_s = refresh_s
        self._longest_s = longest_s
        self._shown: dict[ChatAddress, _Shown] = {}

    def show(self, address: ChatAddress) -> None:
        """Show typing in a chat until it is hidden as often as it was shown."""
        shown = self._shown.get(address)
        if shown is not None and not shown.task.done():
            shown.wanted_by += 1
            return
        task = asyncio.create_task(self._keep_showing(address), name="telegram.typing")
        self._shown[address] = _Shown(task, 1)

    def hide(self, address: ChatAddress) -> None:
        """Stop showing typing in a chat, unless another turn still wants it."""
        shown = self._shown.get(address)
        if shown is None:
            return
        shown.wanted_by -= 1
        if shown.wanted_by <= 0:
            del self._shown[address]
            shown.task.cancel()

    async def stop(self) -> None:
        """Stop showing it everywhere."""
        tasks = [shown.task for shown in self._shown.values()]
        self._shown.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_showing(self, address: ChatAddress) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._longest_s):
                while True:
                    try:
                        await self._bot.send_chat_action(
                            address.chat_id, ChatAction.TYPING, message_thread_id=address.topic
                        )
                    except (BadRequest, Forbidden):
                        return
                    except TelegramError as error:
                        await asyncio.sleep(pause_s(error))
                    await asyncio.sleep(self._refresh_s)
