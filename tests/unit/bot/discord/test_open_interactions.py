import asyncio

from bot.discord.open_interactions import MOST_KEPT, OpenInteractions


async def _deferral(result: bool) -> bool:
    await asyncio.sleep(0.005)
    return result


async def test_an_interaction_is_claimed_once_and_after_its_deferral() -> None:
    waiting = OpenInteractions()
    deferral = asyncio.create_task(_deferral(True))
    waiting.opened(1, deferral)
    assert await waiting.claim(1)
    assert deferral.done()
    assert not await waiting.claim(1)
    assert not await waiting.claim(2)


async def test_a_refused_deferral_is_nothing_to_fill() -> None:
    waiting = OpenInteractions()
    waiting.opened(1, asyncio.create_task(_deferral(False)))
    assert not await waiting.claim(1)


async def test_only_so_many_are_kept() -> None:
    waiting = OpenInteractions()
    done = asyncio.create_task(_deferral(True))
    for number in range(MOST_KEPT + 1):
        waiting.opened(number, done)
    assert not await waiting.claim(0)
    assert await waiting.claim(1)
