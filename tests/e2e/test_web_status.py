"""Health, metrics and the status page over a real socket, and the page in a browser."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import expect

from tests.e2e.web_browser import PHONE, chromium, window
from tests.e2e.web_rig import WebWorld, until_message, visit, web_world

TOKEN = "a-token-of-the-operator"


async def get(world: WebWorld, path: str, **options: Any) -> tuple[int, str]:
    async with ClientSession() as session, session.get(world.address.rstrip("/") + path, **options) as response:
        return response.status, await response.text()


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"operator:{password}".encode()).decode()}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[WebWorld]:
    async with web_world(tmp_path) as made:
        yield made


async def a_few_turns(world: WebWorld) -> None:
    async with visit(world.address) as visitor, visitor.events() as socket:
        for number, text in enumerate(["안녕 비밀이야", "사랑해"]):
            await visitor.say(text, f"message-{number}")
            await until_message(socket)
    async with visit(world.address) as other, other.events() as socket:
        await other.say("욕", "message-1")
        await until_message(socket)


async def test_figures_of_what_happened_without_a_word_of_it(world: WebWorld) -> None:
    await a_few_turns(world)
    status, metrics = await get(world, "/metrics")
    assert status == 200
    assert 'ohlora_turns_total{outcome="answered"} 2.0' in metrics
    assert 'ohlora_turns_total{outcome="flagged"} 1.0' in metrics
    assert "ohlora_blocks 1.0" in metrics
    assert "ohlora_waiting 0.0" in metrics
    assert 'ohlora_weights_info{device="auto",faces="2",profile="mini"} 1.0' in metrics
    status, page = await get(world, "/status", headers={"Accept-Language": "en"})
    assert status == 200
    assert "Blocks in force" in page
    assert "{{" not in page
    assert "비밀" not in metrics + page


async def test_health_and_readiness_are_told_to_anybody(world: WebWorld) -> None:
    named = {"Host": "bot.internal:8080"}
    assert await get(world, "/healthz", headers=named) == (200, "ok\n")
    assert await get(world, "/readyz", headers=named) == (200, "ready\n")


async def test_without_a_token_other_sites_and_other_machines_see_nothing(world: WebWorld) -> None:
    for path in ("/status", "/metrics"):
        assert (await get(world, path, headers={"Host": "evil.example"}))[0] == 403
        assert (await get(world, path, headers={"X-Forwarded-For": "203.0.113.9"}))[0] == 404


async def test_on_other_addresses_the_figures_are_off_without_a_token(tmp_path: Path) -> None:
    async with web_world(tmp_path, web_host="0.0.0.0") as world:
        for path in ("/status", "/metrics"):
            assert (await get(world, path))[0] == 404
        assert (await get(world, "/healthz"))[0] == 200


async def test_the_token_opens_them_and_nothing_else_does(tmp_path: Path) -> None:
    async with web_world(tmp_path, status_token=TOKEN, web_host="0.0.0.0") as world:
        for path in ("/status", "/metrics"):
            async with ClientSession() as session, session.get(world.address.rstrip("/") + path) as response:
                assert response.status == 401
                assert response.headers["WWW-Authenticate"].startswith("Basic")
            assert (await get(world, path, headers=basic("wrong")))[0] == 401
            assert (await get(world, path, headers=basic(TOKEN)))[0] == 200
            bearer = {"Authorization": f"Bearer {TOKEN}", "Host": "bot.internal:8080"}
            assert (await get(world, path, headers=bearer))[0] == 200


async def test_the_page_in_a_browser(tmp_path: Path) -> None:
    async with web_world(tmp_path, status_token=TOKEN) as world, chromium() as browser:
        await a_few_turns(world)
        world.app.desk.operator.problem("answer", RuntimeError("비밀이야"))
        async with window(browser, world.address, PHONE, extra_http_headers=basic(TOKEN)) as opened:
            await opened.page.goto(world.address + "status")
            await expect(opened.page.locator("h1")).to_have_text("오로라 운영 현황")
            await expect(opened.page.locator(".figures dd")).to_have_count(9)
            await expect(opened.page.locator("td", has_text="RuntimeError")).to_be_visible()
            assert await opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert opened.problems == []
