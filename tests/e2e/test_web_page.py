"""The web page in a real browser, with the whole service behind it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.texts import Texts
from tests.e2e.web_browser import DESKTOP, PHONE, Window, chromium, window
from tests.e2e.web_rig import WebWorld, web_world
from tests.fakes import FakeEngine

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def world(tmp_path: Path) -> AsyncIterator[WebWorld]:
    async with web_world(tmp_path, FakeEngine(delay_s=0.2)) as made:
        yield made


async def fits(opened: Window) -> bool:
    """Tell whether nothing sticks out sideways and the composer is in view."""
    wide: bool = await opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = await opened.page.locator("#composer").bounding_box()
    height: int = await opened.page.evaluate("innerHeight")
    return wide and box is not None and box["y"] + box["height"] <= height


@pytest.mark.parametrize("size", [DESKTOP, PHONE, {"width": 320, "height": 480}], ids=["desktop", "phone", "tiny"])
async def test_a_talk_by_keyboard(browser: Browser, world: WebWorld, size: dict[str, int]) -> None:
    async with window(browser, world.address, size) as opened:
        page = opened.page
        await expect(page.locator("#welcome")).to_be_visible()
        await expect(page.locator("#face img")).to_be_visible()
        await expect(page.locator("#message")).to_be_focused()
        await page.keyboard.type("첫 줄")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("둘째 줄 <b>굵게</b>")
        await page.keyboard.press("Enter")
        await expect(page.locator("#typing")).to_be_visible()
        words = "첫 줄\n둘째 줄 <b>굵게</b>"
        await opened.until_line("답: 첫 줄")
        assert await opened.lines() == [("said", words), ("answer", f"답: {words}")]
        await expect(page.locator("#typing")).to_be_hidden()
        await expect(page.locator("#message")).to_be_focused()
        face = page.locator("#face img:not([aria-hidden])")
        await expect(face).to_have_attribute("src", re.compile("/api/images/"))
        assert "오로라의 얼굴" in (await face.get_attribute("alt") or "")
        await expect(page.locator("#spoken")).to_contain_text("답: 첫 줄")
        assert await fits(opened)
        assert opened.problems == []
        assert opened.hosts == {urlsplit(world.address).netloc}


async def test_a_reload_shows_what_was_said(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address) as opened:
        await opened.say("안녕")
        await opened.until_line("답: 안녕")
        await opened.page.fill("#message", "아직 안 보낸 말")
        await opened.reload()
        await opened.until_line("답: 안녕")
        assert await opened.lines() == [("said", "안녕"), ("answer", "답: 안녕")]
        await expect(opened.page.locator("#face img")).to_have_attribute("src", re.compile("/api/images/"))
        assert await opened.page.input_value("#message") == "아직 안 보낸 말"
        assert opened.problems == []


async def test_two_windows_of_one_person_show_the_same_and_another_person_sees_nothing(
    browser: Browser, world: WebWorld
) -> None:
    async with window(browser, world.address) as first, window(browser, world.address) as stranger:
        second = Window(await first.page.context.new_page())
        await second.page.goto(world.address)
        await second.until_ready()
        await first.say("하나")
        await second.until_line("답: 하나")
        await second.say("둘")
        await first.until_line("답: 둘")
        said = [("said", "하나"), ("answer", "답: 하나"), ("said", "둘"), ("answer", "답: 둘")]
        assert await first.lines() == await second.lines() == said
        assert await stranger.lines() == []


async def test_the_newest_line_stays_in_view_unless_one_reads_further_up(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address) as opened:
        page, second = opened.page, Window(await opened.page.context.new_page())
        await second.page.goto(world.address)
        await second.until_ready()
        await opened.say("이야기" + "\n이어지는 말" * 30)
        await expect(page.locator("button.avatar")).to_have_count(1)
        await second.say("하나")
        await opened.until_line("답: 하나")
        await expect(page.locator(".answer").last).to_be_in_viewport()
        await page.focus("button.avatar >> nth=0")
        await page.locator("#lines-scroll").evaluate("area => area.scrollTo(0, 0)")
        await second.say("둘")
        await expect(page.locator("#newest")).to_be_visible()
        await expect(page.locator(".answer").last).not_to_be_in_viewport()
        await page.click("#newest")
        await expect(page.locator(".answer").last).to_be_in_viewport()
        await expect(page.locator("#newest")).to_be_hidden()


async def test_a_new_line_does_not_take_the_focus(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address) as opened:
        await opened.say("하나")
        await expect(opened.page.locator("button.avatar")).to_have_count(1)
        await opened.say("둘")
        await opened.page.focus("button.avatar >> nth=0")
        await expect(opened.page.locator("button.avatar")).to_have_count(2)
        await expect(opened.page.locator("button.avatar").first).to_be_focused()


async def test_notices_stand_out_and_what_was_not_taken_is_marked(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address) as opened:
        await opened.say("욕")
        await expect(opened.page.locator(".notice .bubble")).to_have_count(1)
        await opened.say("미안")
        await expect(opened.page.locator(".notice .bubble")).to_have_count(2)
        await expect(opened.page.locator(".state.refused")).to_have_count(1)
        assert [kind for kind, _ in await opened.lines()] == ["said", "notice", "said", "notice"]


async def test_what_is_to_be_forgotten_is_asked_with_buttons(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address) as opened:
        page = opened.page
        await opened.say("비밀이야")
        await opened.until_line("답: 비밀이야")
        await opened.say("/forget")
        asked = page.locator(".notice", has=page.locator(".press"))
        await expect(asked.locator(".press")).not_to_have_count(0)
        await asked.locator(".press.as-danger").last.click()
        await expect(page.locator(".press")).to_have_count(0)
        await expect(page.locator(".bubble")).to_have_count(1)
        assert [kind for kind, _ in await opened.lines()] == ["notice"]
        assert opened.problems == []


async def test_her_look_is_chosen_by_keyboard_with_a_preview(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address) as opened:
        page = opened.page
        await page.focus("#open-look")
        await page.keyboard.press("Enter")
        await expect(page.locator(".thumbnail input").first).to_be_focused()
        await page.keyboard.press("ArrowRight")
        await expect(page.locator(".thumbnail input").nth(1)).to_be_checked()
        await expect(page.locator("#hue")).to_be_disabled()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await page.keyboard.press("Tab")
        await page.keyboard.press("End")
        await expect(page.locator("#look-preview img:not([aria-hidden])")).to_have_attribute(
            "src", re.compile("face=mini%3A2.*hue=359")
        )
        await page.keyboard.press("Enter")
        await expect(page.locator("#look")).to_be_hidden()
        await expect(page.locator("#open-look")).to_be_focused()
        await opened.reload()
        await page.click("#open-look")
        await expect(page.locator(".thumbnail input").nth(1)).to_be_checked()
        assert await page.input_value("#hue") == "359"
        await page.keyboard.press("Escape")
        await expect(page.locator("#look")).to_be_hidden()
        await opened.say("안녕")
        await opened.until_line("답: 안녕")
    choice = world.engine.seen_turns[-1].face
    assert choice.face_id == "mini:2"
    assert opened.problems == []


async def test_the_language_is_switched_in_place(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address, language="en-GB") as opened:
        page = opened.page
        await expect(page.locator("h1")).to_have_text("Oh-LoRA")
        await page.click("[data-language=ko]")
        await expect(page.locator("h1")).to_have_text("오로라")
        await expect(page.locator("html")).to_have_attribute("lang", "ko")
        await opened.until_ready()
        await opened.say("/language en")
        await expect(page.locator("h1")).to_have_text("Oh-LoRA")


async def test_a_late_face_joins_its_words(browser: Browser, tmp_path: Path) -> None:
    late = web_world(tmp_path, FakeEngine(show_delay_s=1.0), face_grace_s=0.1)
    async with late as world, window(browser, world.address) as opened:
        await opened.say("안녕")
        await opened.until_line("답: 안녕")
        await expect(opened.page.locator("#face")).to_have_class(re.compile("waiting"))
        await expect(opened.page.locator("button.avatar")).to_have_count(1)
        await expect(opened.page.locator("#face")).not_to_have_class(re.compile("waiting"))
        await opened.reload()
        await expect(opened.page.locator("button.avatar")).to_have_count(1)
        assert await opened.lines() == [("said", "안녕"), ("answer", "답: 안녕")]


async def test_what_could_not_be_sent_is_kept_and_sent_again(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address) as opened:
        await opened.page.context.set_offline(True)
        await opened.say("들리니?")
        again = opened.page.locator(".again")
        await expect(again).to_be_visible()
        await opened.page.context.set_offline(False)
        await again.click()
        await opened.until_line("답: 들리니?")
        assert await opened.lines() == [("said", "들리니?"), ("answer", "답: 들리니?")]


async def test_the_page_comes_back_after_a_restart_of_the_service(browser: Browser, tmp_path: Path) -> None:
    async with web_world(tmp_path) as world:
        port, address = world.port, world.address
        opening = window(browser, address)
        opened = await opening.__aenter__()
        await opened.say("하나")
        await opened.until_line("답: 하나")
    await expect(opened.page.locator("#status[data-state=connecting]")).to_be_visible()
    async with web_world(tmp_path, web_port=port):
        await expect(opened.page.locator("#status[data-state=online]")).to_be_visible(timeout=15_000)
        await opened.say("둘")
        await opened.until_line("답: 둘")
        assert [text for _, text in await opened.lines()] == ["하나", "답: 하나", "둘", "답: 둘"]
        await opening.__aexit__(None, None, None)


async def test_enter_that_ends_a_korean_syllable_sends_nothing(browser: Browser, world: WebWorld) -> None:
    async with window(browser, world.address) as opened:
        await opened.page.fill("#message", "안녀")
        key = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true})"
        await opened.page.locator("#message").evaluate(f"field => field.dispatchEvent({key})")
        await asyncio.sleep(0.2)
        assert await opened.lines() == []
        assert await opened.page.input_value("#message") == "안녀"


async def test_a_picture_is_uploaded_to_be_verified(browser: Browser, world: WebWorld, tmp_path: Path) -> None:
    async with window(browser, world.address) as opened:
        await opened.say("안녕")
        await opened.until_line("답: 안녕")
        [made] = (tmp_path / "pictures").glob("*.png")
        async with opened.page.expect_file_chooser() as choosing:
            await opened.say("/verify")
        await (await choosing.value).set_files(made)
        await expect(opened.page.locator(".notice .bubble")).to_have_count(1)
        said = Texts.load().get("ko", "verify.exact")
        await expect(opened.page.locator(".notice .bubble")).to_have_text(said)
        assert opened.problems == []
