"""Chromium without a screen, driven by playwright."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def browser_path() -> str:
    """Return the installed Chromium; skips the test where there is none."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium is installed; apt-get install chromium")
    return path


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    path = browser_path()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


class Window:
    """One visitor's window; it notes what goes wrong in it and which hosts it asks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        self.hosts: set[str] = set()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.problems.append(message.text))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))

    async def until_ready(self) -> None:
        await self.page.locator("#status[data-state=online]").wait_for(timeout=15_000)

    async def reload(self) -> None:
        await self.page.reload()
        await self.until_ready()

    async def say(self, text: str) -> None:
        await self.page.fill("#message", text)
        await self.page.press("#message", "Enter")

    async def lines(self) -> list[tuple[str, str]]:
        """Return who said what, as it stands in the conversation."""
        found: list[tuple[str, str]] = await self.page.eval_on_selector_all(
            ".line", "lines => lines.map(l => [l.classList[1], l.querySelector('.bubble').textContent])"
        )
        return [(kind, text) for kind, text in found]

    async def until_line(self, text: str) -> None:
        await self.page.locator(".bubble", has_text=text).last.wait_for(timeout=15_000)


@asynccontextmanager
async def window(
    browser: Browser, address: str, size: dict[str, int] = DESKTOP, language: str = "ko-KR", **options: Any
) -> AsyncIterator[Window]:
    """Open the page in a browser profile of its own."""
    context = await browser.new_context(viewport=size, locale=language, timezone_id="Asia/Seoul", **options)  # type: ignore[arg-type]
    opened = Window(await context.new_page())
    await opened.page.goto(address)
    await opened.until_ready()
    try:
        yield opened
    finally:
        await context.close()
