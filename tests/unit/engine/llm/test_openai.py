"""The roles on an OpenAI-compatible server: a loopback one, in good and bad moods."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from engine.errors import EngineUnavailable
from engine.four_roles import FourRoles
from engine.llm.openai import OpenAiGenerator, OpenAiServer
from engine.one_model import OneModel
from engine.profiles import OHLORA_V1, OHLORA_V4
from engine.rules import memory_text
from engine.stopwatch import Stopwatch
from engine.turn_types import RoleName
from engine.voice import Message
from tests.unit.engine.test_turn import MONDAY

ROLES: tuple[RoleName, ...] = ("output_message", "memory", "summary", "eyes_mouth_pose")
SERVER = OpenAiServer("", {role: f"lora-{role}" for role in ROLES}, "completions", SecretStr("s3cret"), timeout_s=0.5)
TEXTS = {
    "lora-output_message": " 안녕! 반가워",
    "lora-memory": " [좋아하는 음식: 빙수]",
    "lora-summary": " 인사함",
    "lora-eyes_mouth_pose": " 눈 크게, 입 보통, 고개 돌림 없음",
}


class LanguageServer:
    def __init__(self) -> None:
        self.mood = "good"
        self.moods: dict[str, str] = {}  # by a word of the prompt
        self.seen: list[tuple[str, dict[str, Any], str | None]] = []
        app = web.Application()
        app.router.add_post("/v1/{path:.*}", self._answer)
        app.router.add_get("/v1/models", self._models)
        self.http = TestServer(app)

    async def _models(self, request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": name} for name in TEXTS]})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.seen.append((request.path, body, request.headers.get("Authorization")))
        prompt = body.get("prompt") or body["messages"][-1]["content"]
        mood = next((mood for word, mood in self.moods.items() if word in prompt), self.mood)
        if mood == "slow":
            await asyncio.sleep(2)
        if mood == "cut":
            response = web.StreamResponse(headers={"Content-Length": "500"})
            await response.prepare(request)
            await response.write(b'{"choices": [{"te')
            assert request.transport is not None
            request.transport.abort()
            return response
        if mood.isdigit():
            return web.Response(status=int(mood))
        if mood == "nonsense":
            return web.Response(text="<html>welcome</html>")
        if mood == "empty":
            return web.json_response({"choices": []})
        text = " http://x (사용자 질문)" if mood == "gibberish" else TEXTS[body["model"]]
        choice: dict[str, Any] = {"text": text, "message": {"content": text.strip()}, "finish_reason": "stop"}
        return web.json_response({"choices": [choice], "usage": {"completion_tokens": 24}})


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


async def test_a_role_is_asked_by_its_own_model_with_the_published_prompt(
    server: LanguageServer, texts: OpenAiGenerator
) -> None:
    got = await texts.generate("memory", "나는 빙수 좋아해 (요약 시작)", seed=2**40 + 5, temperature=0.6)
    path, body, key = server.seen[0]
    assert (path, key) == ("/v1/completions", "Bearer s3cret")
    assert body == {
        "model": "lora-memory",
        "prompt": "나는 빙수 좋아해 (요약 시작)",
        "max_tokens": 24,
        "temperature": 0.6,
        "seed": 5,
        "stop": ["(요약 종료)"],
    }
    parsed = memory_text.parse(got.text, got.new_tokens, 24)
    assert parsed.entry == ("좋아하는 음식", "빙수")


async def test_an_instruct_model_is_told_its_role(server: LanguageServer) -> None:
    chat = replace(SERVER, base_url=str(server.http.make_url("/v1/")), style="chat", key=None)
    texts = OpenAiGenerator(OHLORA_V4.roles, chat)
    spoken = await FourRoles(OHLORA_V4, texts).speak(Message("나는 빙수 좋아해", MONDAY, 3), Stopwatch(lambda: 0.0))
    await texts.close()
    assert spoken.answer.strip() == "안녕! 반가워"
    assert spoken.remembered == (("좋아하는 음식", "빙수"),)
    for path, body, key in server.seen:
        assert (path, key) == ("/v1/chat/completions", None)
        assert body["messages"][0]["role"] == "system"
        assert body["messages"][-1] == {"role": "user", "content": "나는 빙수 좋아해"}


async def test_the_server_tells_its_models(texts: OpenAiGenerator) -> None:
    assert await texts.known_models() == frozenset(SERVER.models.values())


async def test_nothing_to_remember_is_blank(server: LanguageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TEXTS, "lora-memory", "[없음]")
    texts = OpenAiGenerator(OHLORA_V4.roles, replace(SERVER, base_url=str(server.http.make_url("/v1")), style="chat"))
    got = await texts.generate("memory", "날씨 좋다 (요약 시작)", seed=1, temperature=0.6)
    await texts.close()
    parsed = memory_text.parse(got.text, got.new_tokens, 24)
    assert parsed.accepted
    assert parsed.entry is None


@pytest.mark.parametrize(
    ("mood", "told"),
    [
        ("slow", r"no answer in 0\.5 s"),
        ("500", "status 500; check the server's log"),
        ("401", "status 401; check the key"),
        ("cut", "cannot be reached|not JSON"),
        ("nonsense", "not JSON"),
        ("empty", "no text in it"),
    ],
)
async def test_a_bad_mood_is_one_line_and_the_next_message_is_answered(
    server: LanguageServer, texts: OpenAiGenerator, mood: str, told: str
) -> None:
    server.mood = mood
    with pytest.raises(EngineUnavailable, match=told) as caught:
        await texts.generate("summary", "안녕 (요약 시작)", seed=1, temperature=0.6)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in json.dumps(str(caught.value))
    server.mood = "good"
    assert "인사함" in (await texts.generate("summary", "안녕 (요약 시작)", seed=1, temperature=0.6)).text


async def test_a_server_that_never_gives_an_answer_is_unavailable_and_not_silent(
    server: LanguageServer, texts: OpenAiGenerator
) -> None:
    server.mood = "gibberish"
    for voice in (FourRoles(OHLORA_V4, texts, remote=True), OneModel(OHLORA_V1, texts, remote=True)):
        with pytest.raises(EngineUnavailable, match="OHLORA_OPENAI_STYLE"):
            await voice.speak(Message("안녕", MONDAY, 3), Stopwatch(lambda: 0.0))
    assert repr(SERVER).count("s3cret") == 0


async def test_a_server_that_is_not_there_is_named() -> None:
    texts = OpenAiGenerator(OHLORA_V4.roles, replace(SERVER, base_url="http://127.0.0.1:9/v1"))
    with pytest.raises(EngineUnavailable, match="cannot be reached"):
        await texts.generate("memory", "x", seed=1, temperature=1.0)
    await texts.close()
    assert texts.count_tokens("memory", "가나다") == 2
