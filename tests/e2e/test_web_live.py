"""Her moving face: over a bare WebSocket, and on the page in a real browser."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import WSMsgType, WSServerHandshakeError
from playwright.async_api import Browser, Page, expect

from bot.live_faces import LiveFaces
from bot.web.live import PAGES_EACH
from engine.turn_types import Ombre
from tests.e2e.web_browser import chromium, window
from tests.e2e.web_rig import Visit, WebWorld, visit, web_world
from tests.fakes import FakeEngine

pytestmark = pytest.mark.asyncio(loop_scope="module")
REST_RED = 120  # what the stand-in's pictures have at most in red while she rests; an expression has more


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def world(tmp_path: Path) -> AsyncIterator[WebWorld]:
    async with web_world(tmp_path) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(world: WebWorld) -> AsyncIterator[Visit]:
    async with visit(world.address) as made:
        yield made


async def test_pictures_come_and_go_on_after_an_answer(world: WebWorld, visitor: Visit) -> None:
    async with visitor.live() as socket, visit(world.address) as other, other.live() as theirs:
        message = await socket.receive(timeout=5)
        assert message.type is WSMsgType.BINARY
        assert message.data[8:12] == b"WEBP"
        assert await theirs.receive_bytes(timeout=5)
        await visitor.say("안녕", "message-1")
        until = time.monotonic() + 10
        while time.monotonic() < until and max(f.scores[0] for f in world.loaded.live_frames) < 0.85:
            await socket.receive_bytes(timeout=5)
    assert max(frame.scores[0] for frame in world.loaded.live_frames) > 0.85


async def test_the_dye_that_was_chosen_stays(world: WebWorld, visitor: Visit) -> None:
    _, page = await visitor.ask("GET", "/api/page")
    look = {**page["look"], "face": "mini:2", "cycling": False, "hue": 0.5, "height": 0.7, "gradient": 0.2}
    await visitor.ask("PUT", "/api/look", json=look)
    async with visitor.live() as socket:
        await socket.receive_bytes(timeout=5)
        await socket.receive_bytes(timeout=5)
    assert {(frame.face_id, frame.ombre) for frame in world.loaded.live_frames} == {("mini:2", Ombre(0.5, 0.7, 0.2))}


async def test_a_hidden_page_gets_nothing(world: WebWorld, visitor: Visit) -> None:
    async with visitor.live() as socket:
        await socket.receive_bytes(timeout=5)
        await socket.send_str("hidden")
        await asyncio.sleep(0.3)
        world.loaded.live_frames.clear()
        await asyncio.sleep(0.3)
        assert world.loaded.live_frames == []
        await socket.send_str("visible")
        await socket.receive_bytes(timeout=5)
        while not world.loaded.live_frames:
            await socket.receive_bytes(timeout=5)


async def test_only_the_two_signs_are_understood_and_so_many_pages_are_served(visitor: Visit) -> None:
    async with visitor.live() as socket:
        await socket.send_str("something else")
        while (await socket.receive(timeout=5)).type is WSMsgType.BINARY:
            continue
        assert socket.closed
    sockets = [visitor.live() for _ in range(PAGES_EACH)]
    for socket_opening in sockets:
        await socket_opening.__aenter__()
    with pytest.raises(WSServerHandshakeError) as refused:
        await visitor.live().__aenter__()
    assert refused.value.status == 503
    for socket_opening in sockets:
        await socket_opening.__aexit__(None, None, None)
    assert (await visitor.ask("GET", "/api/live"))[0] == 400


async def red(page: Page) -> int:
    """Return the red of the middle of her moving face."""
    value: int = await page.evaluate(
        "() => document.querySelector('canvas.live').getContext('2d').getImageData(4, 4, 1, 1).data[0]"
    )
    return value


async def test_she_moves_on_the_page_and_shows_an_answers_expression(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address) as opened:
        page = opened.page
        await expect(page.locator("#face.moving canvas.live")).to_be_visible()
        seen = set()
        for _ in range(10):
            seen.add(await page.evaluate("document.querySelector('canvas.live').toDataURL()"))
            await asyncio.sleep(0.1)
        assert len(seen) > 3
        assert await red(page) < REST_RED
        await opened.say("안녕")
        await opened.until_line("답: 안녕")
        reds = [await red(page) for _ in range(60) if not await asyncio.sleep(0.08)]
        assert max(reds) > 180
        assert reds[-1] < REST_RED
        assert opened.problems == []


async def test_a_hidden_page_stands_still(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address) as opened:
        page = opened.page
        await expect(page.locator("#face.moving")).to_be_visible()
        hide = "hidden => {Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
        await page.evaluate(hide + " document.dispatchEvent(new Event('visibilitychange'));}", True)
        await asyncio.sleep(0.3)
        world.loaded.live_frames.clear()
        await asyncio.sleep(0.3)
        assert world.loaded.live_frames == []
        await page.evaluate(hide + " document.dispatchEvent(new Event('visibilitychange'));}", False)
        await asyncio.sleep(0.3)
        assert world.loaded.live_frames != []


async def test_the_switch_keeps_her_still_and_lets_her_move_again(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address) as opened:
        page = opened.page
        await expect(page.locator("#face.moving")).to_be_visible()
        for checked in (False, True):
            await page.click("#open-look")
            await page.locator("#motion").set_checked(checked)
            await page.click("#save-look")
            await expect(page.locator("#face.moving")).to_have_count(int(checked))
            await opened.reload()
            await expect(page.locator("#face.moving")).to_have_count(int(checked))
            await expect(page.locator("#face img")).to_be_visible()
        await opened.say("/motion still")
        await expect(page.locator("#face.moving")).to_have_count(0)
        assert opened.problems == []


async def test_who_wants_little_motion_sees_the_still_face(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address, reduced_motion="reduce") as opened:
        await expect(opened.page.locator("#face img")).to_be_visible()
        await opened.page.click("#open-look")
        await expect(opened.page.locator("#motion")).to_be_disabled()
    assert world.loaded.live_frames == []


async def test_she_says_goodbye_after_a_silence_and_comes_back(browser: Browser, tmp_path: Path) -> None:
    async with web_world(tmp_path, FakeEngine()) as world:
        world.app.desk.live = LiveFaces(world.loaded, time.monotonic, random.Random(1), idle_s=3.0)
        async with window(browser, world.address, language="en-GB") as opened:
            await expect(opened.page.locator("#face.resting")).to_be_visible(timeout=15_000)
            goodbye = opened.page.locator(".notice .bubble")
            await expect(goodbye).to_contain_text("3 seconds")
            await opened.say("hello")
            await opened.until_line("답: hello")
            await expect(opened.page.locator("#face.moving:not(.resting)")).to_be_visible()


async def test_the_still_face_comes_back_when_the_service_goes(browser: Browser, tmp_path: Path) -> None:
    async with web_world(tmp_path) as world:
        opening = window(browser, world.address)
        opened = await opening.__aenter__()
        await expect(opened.page.locator("#face.moving")).to_be_visible()
    await expect(opened.page.locator("#face.moving")).to_have_count(0)
    await expect(opened.page.locator("#face img")).to_be_visible()
    await opening.__aexit__(None, None, None)
