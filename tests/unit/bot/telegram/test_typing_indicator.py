import asyncio
from typing import Any, cast

from telegram.error import BadRequest, NetworkError

from bot.telegram.chat_address import ChatAddress
from bot.telegram.library import TelegramBot
from bot.telegram.typing_indicator import TypingIndicator

HERE, THERE = ChatAddress(11), ChatAddress(-5, 7)


class FakeBot:
    def __init__(self, failures: tuple[Exception, ...] = ()) -> None:
        self.shown: list[tuple[int, int | None]] = []
        self.failures = list(failures)

    async def send_chat_action(self, chat_id: int, action: str, message_thread_id: int | None) -> Any:
        self.shown.append((chat_id, message_thread_id))
        if self.failures:
            raise self.failures.pop(0)


def indicator(bot: FakeBot, longest_s: float = 5.0) -> TypingIndicator:
    return TypingIndicator(cast("TelegramBot", bot), refresh_s=0.01, longest_s=longest_s)


async def test_it_is_refreshed_until_the_last_turn_is_done() -> None:
    bot = FakeBot()
    typing = indicator(bot)
    typing.show(HERE)
    typing.show(HERE)
    typing.hide(HERE)
    await asyncio.sleep(0.05)
    assert len(bot.shown) >= 2
    typing.hide(HERE)
    await asyncio.sleep(0)
    count = len(bot.shown)
    await asyncio.sleep(0.05)
    assert len(bot.shown) == count


async def test_chats_are_apart_and_stop_ends_all() -> None:
    bot = FakeBot()
    typing = indicator(bot)
    typing.show(HERE)
    typing.show(THERE)
    await asyncio.sleep(0.02)
    typing.hide(HERE)
    typing.hide(HERE)
    assert {(11, None), (-5, 7)} == set(bot.shown)
    await typing.stop()
    count = len(bot.shown)
    await asyncio.sleep(0.03)
    assert len(bot.shown) == count


async def test_a_refusal_ends_it_and_it_can_be_shown_again() -> None:
    bot = FakeBot((BadRequest("chat not found"),))
    typing = indicator(bot)
    typing.show(HERE)
    await asyncio.sleep(0.05)
    assert len(bot.shown) == 1
    typing.show(HERE)
    await asyncio.sleep(0.05)
    assert len(bot.shown) > 1
    await typing.stop()


async def test_one_that_nobody_hides_ends_by_itself() -> None:
    bot = FakeBot((NetworkError("x"),))
    typing = indicator(bot, longest_s=0.03)
    typing.show(HERE)
    await asyncio.sleep(0.08)
    count = len(bot.shown)
    await asyncio.sleep(0.03)
    assert len(bot.shown) == count
