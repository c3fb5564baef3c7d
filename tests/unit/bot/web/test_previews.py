import asyncio

import pytest

from bot.web.previews import PreviewLook, Previews
from bot.web.refusal import Refusal
from tests.unit.bot.web.fake_desk import FakeDesk

LOOK = PreviewLook("mini:1", 120, 60, 50)


async def test_the_same_look_is_rendered_once() -> None:
    desk = FakeDesk()
    previews = Previews(desk)
    first, second = await asyncio.gather(previews.get(LOOK), previews.get(LOOK))
    assert first == second == await previews.get(LOOK)
    assert desk.rendered == [("mini:1", 120 / 360, 0.6, 0.5)]


async def test_one_who_leaves_takes_nothing_from_the_others() -> None:
    desk = FakeDesk()
    previews = Previews(desk)
    leaving, staying = asyncio.create_task(previews.get(LOOK)), asyncio.create_task(previews.get(LOOK))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == b"png"


async def test_a_face_that_is_not_there_is_refused_and_asked_for_again() -> None:
    desk = FakeDesk()
    previews = Previews(desk)
    for _ in range(2):
        with pytest.raises(Refusal):
            await previews.get(PreviewLook("nobody", None, 60, 50))
    assert len(desk.rendered) == 2


async def test_undyed_hair_has_no_hue() -> None:
    desk = FakeDesk()
    await Previews(desk).get(PreviewLook("mini:1", None, 60, 50))
    assert desk.rendered == [("mini:1", None, 0.6, 0.5)]
