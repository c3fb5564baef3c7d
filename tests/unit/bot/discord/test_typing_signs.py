import asyncio

from bot.discord.typing_signs import TypingSigns


async def test_the_sign_is_renewed_until_it_ends() -> None:
    shown: list[int] = []

    async def show(channel_id: int) -> None:
        shown.append(channel_id)

    signs = TypingSigns(show, every_s=0.01)
    signs.begin(1)
    await asyncio.sleep(0.055)
    signs.end(1)
    await asyncio.sleep(0)
    count = len(shown)
    assert count >= 3
    await asyncio.sleep(0.03)
    assert len(shown) == count
    signs.end(1)


async def test_two_answers_share_a_sign_and_the_last_ends_it() -> None:
    shown: list[int] = []

    async def show(channel_id: int) -> None:
        shown.append(channel_id)

    signs = TypingSigns(show, every_s=0.01)
    signs.begin(1)
    signs.begin(1)
    signs.end(1)
    await asyncio.sleep(0.035)
    assert len(shown) >= 2
    await signs.close()


async def test_a_channel_that_refuses_the_sign_is_left_alone_and_may_be_tried_again() -> None:
    tries: list[int] = []

    async def show(channel_id: int) -> None:
        tries.append(channel_id)
        raise PermissionError

    signs = TypingSigns(show, every_s=0.001)
    signs.begin(1)
    await asyncio.sleep(0.01)
    signs.end(1)
    signs.begin(1)
    await asyncio.sleep(0.01)
    assert tries == [1, 1]
    await signs.close()
