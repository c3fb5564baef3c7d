from types import SimpleNamespace
from typing import Any, cast

from telegram.error import BadRequest, NetworkError

from bot.telegram.library import TelegramBot
from bot.telegram.moderators import KEPT_S, Moderators


class FakeBot:
    def __init__(self) -> None:
        self.administrators = {21}
        self.failing: Exception | None = None
        self.asked = 0

    async def get_chat_administrators(self, chat_id: int) -> list[Any]:
        self.asked += 1
        if self.failing:
            raise self.failing
        return [SimpleNamespace(user=SimpleNamespace(id=user_id)) for user_id in self.administrators]


async def test_rights_are_kept_for_a_minute_and_not_longer() -> None:
    bot, now = FakeBot(), [1000.0]
    moderators = Moderators(cast("TelegramBot", bot), lambda: now[0])
    assert await moderators.may_moderate(-5, 21)
    assert not await moderators.may_moderate(-5, 22)
    bot.administrators = {22}
    now[0] += KEPT_S - 1
    assert await moderators.may_moderate(-5, 21)
    assert bot.asked == 1
    now[0] += 1
    assert not await moderators.may_moderate(-5, 21)
    assert bot.asked == 2


async def test_another_group_is_asked_for_itself() -> None:
    bot = FakeBot()
    moderators = Moderators(cast("TelegramBot", bot), lambda: 0.0)
    await moderators.may_moderate(-5, 21)
    await moderators.may_moderate(-6, 21)
    assert bot.asked == 2


async def test_where_telegram_does_not_say_nobody_may_and_it_is_asked_again() -> None:
    bot = FakeBot()
    moderators = Moderators(cast("TelegramBot", bot), lambda: 0.0)
    for error in (BadRequest("chat not found"), NetworkError("x")):
        bot.failing = error
        assert not await moderators.may_moderate(-5, 21)
    bot.failing = None
    assert await moderators.may_moderate(-5, 21)
