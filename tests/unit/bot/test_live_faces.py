"""Who watches what: shared idle frames, expressions of one's own, rest, and slow pages that hold up nobody."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import AsyncIterator, Callable

import pytest
from PIL import Image

from bot.errors import BotError
from bot.live_faces import MOST_VIEWERS, LiveFaces
from bot.provenance import is_marked
from bot.web.desk import Resting
from engine.turn_types import Ombre
from tests.fakes import FakeEngine, FakeLoadedEngine

SPEED = 20.0  # the test's clock runs so much faster


def quick_clock() -> Callable[[], float]:
    loop = asyncio.get_running_loop()
    return lambda: loop.time() * SPEED


class World:
    def __init__(self, idle_s: float = 180.0) -> None:
        self.engine = FakeLoadedEngine(FakeEngine())
        self.live = LiveFaces(self.engine, quick_clock(), random.Random(1), idle_s)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.live.close()


async def test_viewers_of_a_face_share_its_frames(world: World) -> None:
    viewers = [world.live.join("mini:1", None) for _ in range(5)]
    other = world.live.join("mini:2", None)
    pictures = await asyncio.gather(*(viewer.next() for viewer in viewers))
    assert len(set(pictures)) == 1
    await other.next()
    assert [frame.face_id for frame in world.engine.live_frames] == ["mini:1", "mini:2"]
    assert isinstance(pictures[0], bytes)
    assert Image.open(io.BytesIO(pictures[0])).format == "WEBP"
    assert is_marked(pictures[0])


async def test_an_expression_is_seen_by_its_person_alone(world: World) -> None:
    mine, theirs = (world.live.join("mini:1", Ombre(0.5, 0.6, 0.5)) for _ in range(2))
    mine.express((1.2, 1.5, 1.5))
    for _ in range(200):
        await asyncio.gather(mine.next(), theirs.next())
        eyes = [frame.scores[0] for frame in world.engine.live_frames]
        if max(eyes) > 1.1:
            break
    assert max(eyes) > 1.1
    mine.close()
    world.engine.live_frames.clear()
    await theirs.next()
    await theirs.next()
    assert all(frame.scores[0] < 0 for frame in world.engine.live_frames)


async def test_nothing_is_drawn_while_nobody_looks(world: World) -> None:
    viewer = world.live.join("mini:1", None)
    await viewer.next()
    viewer.seen(visible=False)
    await asyncio.sleep(0.05)
    world.engine.live_frames.clear()
    await asyncio.sleep(0.2)
    assert world.engine.live_frames == []
    viewer.seen(visible=True)
    assert isinstance(await asyncio.wait_for(viewer.next(), 5), bytes)


async def test_she_rests_after_a_silence_and_wakes_on_the_next_word() -> None:
    world = World(idle_s=4.0)
    viewer = world.live.join("mini:1", None)
    while not isinstance(news := await asyncio.wait_for(viewer.next(), 5), Resting):
        continue
    assert news.waited_s >= 4
    assert not viewer.is_watching
    world.engine.live_frames.clear()
    await asyncio.sleep(0.1)
    assert world.engine.live_frames == []
    viewer.wake()
    assert isinstance(await asyncio.wait_for(viewer.next(), 5), bytes)
    await world.live.close()


async def test_a_slow_page_gets_the_newest_picture_and_holds_up_nobody(world: World) -> None:
    slow, quick = (world.live.join("mini:1", None) for _ in range(2))
    for _ in range(10):
        newest = await quick.next()
    assert len(world.engine.live_frames) >= 10
    assert await slow.next() == newest


async def test_the_pace_follows_what_the_machine_can_do() -> None:
    engine = FakeLoadedEngine(FakeEngine())
    engine.live_s = 0.06
    live = LiveFaces(engine, asyncio.get_running_loop().time, random.Random(1))
    viewer = live.join("mini:1", None)
    await viewer.next()
    engine.live_frames.clear()
    await asyncio.sleep(1.0)
    assert 3 <= len(engine.live_frames) <= 10
    await live.close()


async def test_a_failure_keeps_the_last_picture_and_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.live_faces.AFTER_FAILURE_S", 0.05)
    viewer = world.live.join("mini:1", None)
    await viewer.next()
    world.engine.live_fails = True
    await asyncio.sleep(0.1)
    world.engine.live_fails = False
    assert isinstance(await asyncio.wait_for(viewer.next(), 5), bytes)


async def test_there_is_an_end_to_how_many_may_watch(world: World) -> None:
    viewers = [world.live.join("mini:1", None) for _ in range(MOST_VIEWERS)]
    with pytest.raises(BotError, match="too many"):
        world.live.join("mini:1", None)
    viewers[0].close()
    assert await viewers[0].next() is None
    world.live.join("mini:1", None)
