"""The embedded weights through the whole service: she answers, remembers, recalls, shows a face, and judges."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.app import App, open_app
from bot.cli.cli_adapter import CliAdapter
from bot.cli.engine_loading import load_engine
from bot.cli.say import Speaker, say
from bot.settings import Settings
from tests.conftest import ROOT
from tests.fakes import START

pytestmark = pytest.mark.skipif(
    not (ROOT / "weights" / "mini" / "llm" / "base" / "model.safetensors").is_file(), reason="no embedded weights here"
)
HANGUL = re.compile("[가-힣]")


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    async with open_app(settings, load_engine, lambda _: (CliAdapter(),)) as opened:
        yield opened


def speaker(user: str, *, space: str | None = None, channel: str = "general", hours: float = 0.0) -> Speaker:
    return Speaker(user, space, channel, START + timedelta(hours=hours), 7, None, None)


async def test_a_plan_is_remembered_recalled_and_nobody_elses(app: App) -> None:
    told = await say(app, speaker("a"), "내일 친구랑 카페 가기로 했어")
    assert HANGUL.search(told["answer"])
    assert told["remembered"], told
    asked = await say(app, speaker("a", hours=1), "내일 뭐 하지?")
    assert asked["recalled"] is not None, asked
    assert asked["recalled"]["cosine"] > 0.5
    other = await say(app, speaker("b", hours=1), "내일 뭐 하지?")
    assert other["recalled"] is None
    assert HANGUL.search(other["answer"])


async def test_a_reply_has_a_face_that_follows_it(app: App) -> None:
    said = await say(app, speaker("a"), "안녕! 오늘 기분이 어때?")
    assert said["notice"] is None
    assert set(said["expression"]) == {"eyes", "mouth", "pose", "text", "scores"}
    with Image.open(said["image"]) as picture:
        assert picture.size == (256, 256)
        low, high = picture.convert("L").getextrema()
    assert high - low > 100


async def test_the_same_seed_says_the_same(app: App) -> None:
    first = await say(app, speaker("a"), "오늘 점심 뭐 먹을까?")
    second = await say(app, speaker("b"), "오늘 점심 뭐 먹을까?")
    assert first["answer"] == second["answer"]
    assert first["expression"] == second["expression"]


async def test_an_insult_to_parents_is_blocked_for_seven_days_in_that_channel(app: App) -> None:
    blocked = await say(app, speaker("a", space="s"), "느금마 창녀")
    assert blocked["answer"] is None
    assert "7일" in blocked["notice"]
    assert blocked["blocked_until"].startswith((START + timedelta(days=7)).strftime("%Y-%m-%d"))
    still = await say(app, speaker("a", space="s", hours=1), "미안해")
    assert (still["answer"], still["notice"] is None) == (None, False)
    elsewhere = await say(app, speaker("a", space="s", channel="other", hours=1), "안녕")
    assert elsewhere["answer"]
    somebody = await say(app, speaker("b", space="s", hours=1), "안녕")
    assert somebody["answer"]


@pytest.mark.parametrize(
    "text", ["안녕", "우리 엄마가 해 준 김치찌개 먹고 싶다", "강아지가 너무 귀여워", "시험 망했어 ㅠㅠ", "😀😀"]
)
async def test_harmless_words_are_answered_without_a_warning(app: App, text: str) -> None:
    said = await say(app, speaker("a"), text)
    assert said["notice"] is None
    assert said["answer"]


async def test_ten_thousand_letters_get_a_short_answer(app: App) -> None:
    said = await say(app, speaker("a"), "안녕 나는 오늘도 즐거워 " * 800)
    assert said["answer"] is None
    assert "혜나" in said["notice"]
