"""`kill -9` at every named step of a message, on both platforms, then a restart: nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot.steps import Step
from tests.conftest import ROOT
from tests.e2e.discord_server import DiscordServer
from tests.e2e.telegram_server import TelegramServer

SECRET = "a secret key for the tests, long enough"


class Bot:
    """The killable bot with one data folder, started as often as it takes."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OHLORA_")},
            "OHLORA_DATA_DIR": str(folder),
            "OHLORA_WEB_ENABLED": "false",
            "OHLORA_LEASE_S": "1",
            "OHLORA_SECRET_KEY": SECRET,
            "OHLORA_LOG_LEVEL": "WARNING",
            **settings,
        }

    @asynccontextmanager
    async def running(self, step: str = "never", nth: int = 1) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.e2e.killable_bot", step, str(nth), cwd=ROOT, env=self._environment
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
                await asyncio.wait_for(process.wait(), 30)


async def killed(process: asyncio.subprocess.Process) -> None:
    assert await asyncio.wait_for(process.wait(), 60) == -signal.SIGKILL


def being_sent(folder: Path) -> list[str]:
    """Return the texts whose request had begun and whose mark was not written, as the database has it."""
    with closing(sqlite3.connect(folder / "oh-lora.sqlite3")) as database:
        return [text for (text,) in database.execute("SELECT text FROM outbox WHERE state = 'sending'")]


@pytest.mark.parametrize("step", list(Step))
async def test_telegram_survives_a_kill_at_each_step(tmp_path: Path, step: Step) -> None:
    async with TelegramServer() as server:
        bot = Bot(tmp_path, OHLORA_TELEGRAM_TOKEN=server.token, OHLORA_TELEGRAM_BASE_URL=server.base_url)
        user = server.person(11, "지민")
        await server.say(server.direct(user), user, "사랑 고백이야")  # a warning and an answer
        async with bot.running(step) as process:
            await killed(process)
        on_its_way = being_sent(tmp_path)
        async with bot.running():
            await server.say(server.direct(user), user, "끝")
            await server.wait_until(lambda: any("답: 끝" in sent.text for sent in server.sent), 60)
    texts = [sent.text for sent in server.sent]
    # Twice only what was on its way at the kill, between request and mark.
    for words in ("🚨", "답: 사랑 고백이야"):
        most = 2 if any(words in text for text in on_its_way) else 1
        assert 1 <= sum(words in text for text in texts) <= most, (step, words, texts)
    assert sum(text == "답: 끝" for text in texts) == 1
    assert sum(texts.count(text) - 1 for text in set(texts)) <= 1, texts


@pytest.mark.parametrize("step", list(Step))
async def test_discord_shows_each_message_once_after_a_kill_at_each_step(tmp_path: Path, step: Step) -> None:
    async with DiscordServer() as server:
        bot = Bot(
            tmp_path,
            OHLORA_DISCORD_TOKEN=server.token,
            OHLORA_DISCORD_API_BASE=server.api_base,
            OHLORA_DISCORD_GATEWAY_URL=server.gateway_url,
        )
        mina = server.add_user("미나")
        direct = server.direct_channel(mina)
        async with bot.running(step) as process:
            await server.connected()
            await server.say(direct, mina, "사랑 고백이야")
            await killed(process)
        async with bot.running():
            await server.connected()
            await server.say(direct, mina, "끝")
            await server.until(lambda: any("답: 끝" in sent["content"] for sent in server.sent), 60)
    texts = [sent["content"] for sent in server.sent]
    for words in ("🚨", "답: 사랑 고백이야", "답: 끝"):
        assert sum(words in text for text in texts) == 1, (step, words, texts)


async def test_a_message_that_kills_the_process_is_set_aside_and_the_next_person_served(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        bot = Bot(tmp_path, OHLORA_TELEGRAM_TOKEN=server.token, OHLORA_TELEGRAM_BASE_URL=server.base_url)
        user, other = server.person(11, "지민"), server.person(12, "하늘")
        await server.say(server.direct(user), user, "죽음의 말")
        for _ in range(3):
            async with bot.running() as process:
                await killed(process)
        await server.say(server.direct(other), other, "나도 있어")
        async with bot.running():
            await server.wait_until(lambda: len(server.sent) >= 2, 60)
            await server.say(server.direct(user), user, "괜찮아?")
            await server.wait_until(lambda: any("답: 괜찮아?" in sent.text for sent in server.sent), 60)
    texts = [sent.text for sent in server.sent]
    assert sum("답할 수가 없었어" in text for text in texts) == 1
    assert sum(text == "답: 나도 있어" for text in texts) == 1
    assert len(texts) == 3
