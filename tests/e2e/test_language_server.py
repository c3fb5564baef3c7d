"""Her language models on an OpenAI-style server, from the message to the reply: in good moods and in bad ones."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import open_app
from bot.chat import Taken
from bot.settings import Settings
from engine.four_roles import FourRoles
from engine.llm.openai import OpenAiGenerator
from engine.profiles import OHLORA_V4
from engine.turn import TurnEngine
from engine.turn_types import RenderedFace
from storage.records import InboxState
from tests.conftest import ROOT
from tests.fakes import FakeAdapter, FakeClock, FakeLoadedEngine, message, picture
from tests.unit.engine.llm.test_openai import SERVER, LanguageServer
from tests.unit.engine.test_turn import FakeFaces, ScriptedEncoder

POLITE = "잠깐만, 다시 말해 줄래?"
MOODS = {"느린말": "slow", "오백": "500", "끊긴말": "cut", "이상한말": "nonsense", "헛소리": "gibberish"}


class DrawnFaces(FakeFaces):
    """Gives a picture that can be resized."""

    async def render(self, request: object) -> RenderedFace:
        return picture()


@pytest.fixture
async def server() -> AsyncIterator[LanguageServer]:
    language = LanguageServer()
    await language.http.start_server()
    yield language
    await language.http.close()


@pytest.fixture
async def texts(server: LanguageServer) -> AsyncIterator[OpenAiGenerator]:
    generator = OpenAiGenerator(OHLORA_V4.roles, replace(SERVER, base_url=str(server.http.make_url("/v1"))))
    yield generator
    await generator.close()


async def test_a_bad_mood_of_the_server_is_one_polite_line_and_nothing_is_lost(
    server: LanguageServer, texts: OpenAiGenerator, tmp_path: Path
) -> None:
    server.moods = MOODS
    engine = TurnEngine(
        OHLORA_V4,
        voice=FourRoles(OHLORA_V4, texts, remote=True),
        memory_encoder=ScriptedEncoder(),
        ethics=None,
        faces=DrawnFaces(),
        clock=asyncio.get_running_loop().time,
    )
    adapter = FakeAdapter()
    settings = Settings(_env_file=None, data_dir=tmp_path, face_grace_s=5.0)  # type: ignore[call-arg]

    async def load(_: Settings) -> FakeLoadedEngine:
        return FakeLoadedEngine(engine)

    async with open_app(settings, load, lambda _: (adapter,), now=FakeClock()) as app:
        for user, word in enumerate(MOODS):
            for number, text in enumerate(("안녕", word, "또 안녕")):
                sent = message(text, message_id=f"{user}-{number}", user=f"u{user}")
                assert await app.desk.take(sent) is Taken.ACCEPTED
        async with asyncio.timeout(60):
            while len(adapter.delivered) < 3 * len(MOODS):
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        for user, word in enumerate(MOODS):
            assert adapter.texts(f"u{user}") == ["안녕! 반가워", POLITE, "안녕! 반가워"], word
            async with app.storage.read() as work:
                row = await work.inbox.find("telegram", f"dm-u{user}", f"{user}-1")
                assert row is not None
                assert row.state is InboxState.SET_ASIDE
                assert await work.turns.by_inbox(row.id) is None
                entries = await work.memory.entries(row.person_id, row.space_id)
            assert [(entry.key, entry.value) for entry in entries] == [("좋아하는 음식", "빙수")], word


@pytest.mark.skipif(not (ROOT / "weights/mini/sbert/memory/model.safetensors").is_file(), reason="mini is not here")
async def test_the_command_line_takes_a_turn_on_a_server(server: LanguageServer, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OHLORA_")} | {
        "OHLORA_DATA_DIR": str(tmp_path),
        "OHLORA_LLM_BACKEND": "openai",
        "OHLORA_OPENAI_BASE_URL": str(server.http.make_url("/v1")),
        "OHLORA_OPENAI_API_KEY": "s3cret",
        **{f"OHLORA_OPENAI_MODEL_{role.upper()}": model for role, model in SERVER.models.items()},
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "run_bot.py",
        "say",
        "나는 빙수 좋아해",
        "--json",
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0, err.decode()
    said = json.loads(out)
    assert (said["answer"], said["summary"]) == ("안녕! 반가워", "인사함")
    assert said["remembered"] == ["[좋아하는 음식: 빙수]"]
    assert said["expression"]["eyes"] == "크게"
    assert Path(said["image"]).is_file()
    assert {path for path, _, _ in server.seen} == {"/v1/completions"}
    assert {key for _, _, key in server.seen} == {"Bearer s3cret"}
    assert b"s3cret" not in out + err
