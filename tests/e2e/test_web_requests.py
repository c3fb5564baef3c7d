"""The web page's requests over a real socket, with the whole service behind them."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar

from bot.errors import BotError
from tests.e2e.web_rig import Visit, WebWorld, until_message, visit, web_world
from tests.fakes import FakeEngine

WORDS = {"id": "message-1", "text": "안녕"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[WebWorld]:
    async with web_world(tmp_path) as made:
        yield made


@pytest.fixture
async def visitor(world: WebWorld) -> AsyncIterator[Visit]:
    async with visit(world.address) as made:
        yield made


async def test_a_message_is_answered_with_words_and_a_face(visitor: Visit) -> None:
    async with visitor.events() as socket:
        hello = await socket.receive_json(timeout=5)
        assert (hello["event"], hello["resumed"], hello["typing"]) == ("hello", False, False)
        assert await visitor.say("안녕", "message-1") == (202, {"status": "accepted"})
        assert await visitor.say("안녕", "message-1") == (202, {"status": "duplicate"})
        [reply] = await until_message(socket)
    assert (reply["kind"], reply["text"], reply["face_follows"]) == ("answer", "답: 안녕", False)
    status, picture = await visitor.ask("GET", f"/api/images/{reply['image']}")
    assert (status, picture[:4]) == (200, b"\x89PNG")
    _, history = await visitor.ask("GET", "/api/history")
    assert [(item["kind"], item["text"]) for item in history["items"]] == [("said", "안녕"), ("answer", "답: 안녕")]
    assert history["items"][1]["key"] == reply["key"]
    assert history["items"][1]["alt"] == reply["alt"]


async def test_a_late_face_names_the_words_it_belongs_to(tmp_path: Path) -> None:
    engine = FakeEngine(show_delay_s=0.6)
    late = web_world(tmp_path, engine, face_grace_s=0.1)
    async with late as world, visit(world.address) as visitor, visitor.events() as socket:
        await visitor.say("안녕", "message-1")
        words, face = await until_message(socket, 2)
    assert (words["face_follows"], words["image"]) == (True, None)
    assert (face["text"], face["after"]) == ("", words["key"])
    assert face["image"] is not None


async def test_nobody_sees_the_pictures_and_words_of_another(world: WebWorld, visitor: Visit) -> None:
    async with visitor.events() as socket:
        await visitor.say("비밀이야", "message-1")
        [reply] = await until_message(socket)
    async with visit(world.address) as stranger:
        assert (await stranger.ask("GET", f"/api/images/{reply['image']}"))[0] == 404
        assert (await stranger.ask("GET", "/api/history"))[1] == {"items": []}
        assert await stranger.say("나는 다른 사람", "message-1") == (202, {"status": "accepted"})


@pytest.mark.parametrize("image", ["0", "999", "-1", "x", "9" * 19, "..%2F..%2Fetc%2Fpasswd"])
async def test_pictures_that_are_not_there(visitor: Visit, image: str) -> None:
    status, told = await visitor.ask("GET", f"/api/images/{image}")
    assert (status, told["error"]) == (404, "not_found")


async def test_a_page_that_was_away_hears_what_it_missed(visitor: Visit) -> None:
    async with visitor.events() as socket:
        hello = await socket.receive_json(timeout=5)
    async with visitor.events() as other:
        await visitor.say("안녕", "message-1")
        [reply] = await until_message(other)
    async with visitor.events(after=hello["id"]) as socket:
        again = await socket.receive_json(timeout=5)
        assert again["resumed"]
        assert [missed["key"] for missed in await until_message(socket)] == [reply["key"]]


async def test_a_page_hears_that_she_is_typing(tmp_path: Path) -> None:
    slow = web_world(tmp_path, FakeEngine(delay_s=0.5))
    async with slow as world, visit(world.address) as visitor, visitor.events() as socket:
        await visitor.say("안녕", "message-1")
        seen: list[Any] = []
        while not seen or seen[-1]["event"] != "message":
            seen.append(await socket.receive_json(timeout=5))
    assert [event["active"] for event in seen if event["event"] == "typing"] == [True, False]


async def test_an_insult_is_told_and_the_next_message_refused(visitor: Visit) -> None:
    async with visitor.events() as socket:
        await visitor.say("욕", "message-1")
        [notice] = await until_message(socket)
        assert notice["kind"] == "notice"
        assert "7" in notice["text"]
        assert await visitor.say("미안", "message-2") == (202, {"status": "refused"})
        assert (await until_message(socket))[0]["kind"] == "notice"


@pytest.mark.parametrize(
    ("body", "content_type", "status", "error"),
    [
        (b"{", "application/json", 400, "not_json"),
        (b"\xff\xfe{}", "application/json", 400, "not_json"),
        (b"[" * 60_000, "application/json", 400, "not_json"),
        (b"[]", "application/json", 400, "not_json"),
        (b'{"id": "message-1", "text": NaN}', "application/json", 400, "not_json"),
        (json.dumps(WORDS).encode(), "text/plain", 400, "not_json"),
        (json.dumps({"text": "안녕"}).encode(), "application/json", 400, "unusable"),
        (b'{"id": "message-1", "text": "\\ud800"}', "application/json", 400, "unusable"),
        (json.dumps({**WORDS, "text": "a" * 20_001}).encode(), "application/json", 413, "too_large"),
        (json.dumps({**WORDS, "text": "a" * 70_000}).encode(), "application/json", 413, "too_large"),
    ],
)
async def test_a_bad_body_gets_a_short_error(
    visitor: Visit, body: bytes, content_type: str, status: int, error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    got, told = await visitor.ask("POST", "/api/messages", data=body, headers={"Content-Type": content_type})
    assert (got, told["error"]) == (status, error)
    assert 0 < len(told["text"]) < 100
    assert "Traceback" not in "".join(capsys.readouterr())
    assert (await visitor.say("   ", "message-2"))[1] == {"status": "refused"}


async def test_who_sends_too_fast_is_told_to_wait(visitor: Visit) -> None:
    answers = [await visitor.say("안녕", f"message-{number}") for number in range(25)]
    assert {status for status, _ in answers} == {202, 429}
    assert answers[-1][1]["error"] == "too_fast"


async def test_other_sites_are_kept_out(world: WebWorld, visitor: Visit) -> None:
    rebound = {"Host": f"evil.example:{world.port}"}
    for path in ("/", "/api/history", "/static/app.js"):
        assert (await visitor.ask("GET", path, headers=rebound))[0] == 403
    for origin in ("http://evil.example", f"http://127.0.0.1:{world.port + 1}", "null"):
        status, _ = await visitor.ask("POST", "/api/messages", json=WORDS, headers={"Origin": origin})
        assert status == 403
        assert (await visitor.ask("GET", "/api/events", headers={"Origin": origin}))[0] == 403
    assert (await visitor.ask("GET", "/api/history", headers={"Sec-Fetch-Site": "cross-site"}))[0] == 403
    assert (await visitor.ask("GET", "/api/history"))[1] == {"items": []}


async def test_the_cookie_and_the_headers_protect_the_visitor(visitor: Visit) -> None:
    status, headers = await visitor.headers("/")
    cookie = headers["Set-Cookie"]
    assert status == 200
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    for path in ("/static/app.js", "/api/history", "/nowhere"):
        assert "Content-Security-Policy" in (await visitor.headers(path))[1]


async def test_without_the_cookie_nothing_is_shown(world: WebWorld) -> None:
    async with ClientSession(cookies={"ohlora_person": "guess"}, cookie_jar=CookieJar(unsafe=True)) as session:
        stranger = Visit(session, world.address)
        for path in ("/api/page", "/api/history", "/api/events", "/api/images/1", "/api/preview?face=mini:1"):
            status, told = await stranger.ask("GET", path)
            assert (status, told["error"]) == (401, "stranger"), path


async def test_what_is_not_there_is_told_shortly(visitor: Visit) -> None:
    for path in ("/nowhere", "/static/../adapter.py", "/static/%2e%2e/adapter.py", "/static/"):
        status, _ = await visitor.ask("GET", path)
        assert status in (403, 404), path
    assert (await visitor.ask("DELETE", "/api/history"))[0] == 404


async def test_her_look_is_kept_and_checked(visitor: Visit) -> None:
    _, page = await visitor.ask("GET", "/api/page")
    assert page["faces"] == ["mini:1", "mini:2"]
    look = {**page["look"], "face": "mini:2", "cycling": False, "hue": 0.5, "height": 0.7, "gradient": 0.2}
    assert await visitor.ask("PUT", "/api/look", json=look) == (200, look)
    assert (await visitor.ask("GET", "/api/page"))[1]["look"] == look
    for bad in ({"face": "nobody"}, {"hue": 1.0}, {"height": -0.1}, {"gradient": 2}, {"language": "fr"}):
        status, told = await visitor.ask("PUT", "/api/look", json={**look, **bad})
        assert (status, told["error"]) == (400, "unusable")
    assert (await visitor.ask("GET", "/api/page"))[1]["look"] == look


async def test_previews(visitor: Visit) -> None:
    status, picture = await visitor.ask("GET", "/api/preview?face=mini:1&hue=359&height=100&gradient=0")
    assert (status, picture[:4]) == (200, b"\x89PNG")
    for query in ("", "face=nobody", "face=mini:1&hue=360", "face=mini:1&hue=-1", "face=mini:1&height=x"):
        assert (await visitor.ask("GET", f"/api/preview?{query}"))[0] == 400


async def test_commands_can_be_typed(visitor: Visit) -> None:
    async def command(text: str) -> Any:
        return await visitor.ask("POST", "/api/commands", json={"id": "command-1", "text": text})

    status, told = await command("/language en")
    assert status == 200
    assert (await visitor.ask("GET", "/api/page"))[1]["look"]["language"] == "en"
    assert "English" in told["text"]
    _, exported = await command("/export")
    assert exported["file"]["name"].endswith(".json")
    assert (await command("/nonsense"))[0] == 200
    assert (await command("안녕"))[0] == 400


async def test_a_picture_is_recognised_and_another_is_not(visitor: Visit) -> None:
    async with visitor.events() as socket:
        await visitor.say("안녕", "message-1")
        [reply] = await until_message(socket)
    _, picture = await visitor.ask("GET", f"/api/images/{reply['image']}")
    status, known = await visitor.ask("POST", "/api/verify?id=verify-001", data=picture)
    assert status == 200
    _, unknown = await visitor.ask("POST", "/api/verify?id=verify-002", data=b"no picture at all")
    assert known["text"] != unknown["text"]
    assert (await visitor.ask("POST", "/api/verify?id=verify-003", data=io.BytesIO(bytes(11 * 2**20))))[0] == 413
    assert (await visitor.ask("POST", "/api/verify?id=verify-003"))[0] == 400
    assert (await visitor.ask("POST", "/api/verify", data=picture))[0] == 400


async def test_buttons_can_be_pressed_by_those_they_are_for_alone(world: WebWorld, visitor: Visit) -> None:
    async def press(by: Visit, button: str) -> Any:
        return await by.ask("POST", "/api/clicks", json={"id": "click-001", "button": button})

    async with visitor.events() as socket:
        await visitor.say("욕", "message-1")
        [notice] = await until_message(socket)
    [appeal] = notice["buttons"]
    async with visit(world.address) as stranger:
        _, refused = await press(stranger, appeal["id"])
        _, taken = await press(visitor, appeal["id"])
        assert refused["text"] != taken["text"]
    for bad in ("", "x" * 65, "욕" * 30, "\ud800" * 40):
        assert (await press(visitor, bad))[0] == 400
    assert (await press(visitor, "nonsense:1"))[0] == 200


async def test_forgetting_everything_empties_the_history(visitor: Visit) -> None:
    async with visitor.events() as socket:
        await visitor.say("안녕", "message-1")
        await until_message(socket)
        asked = await visitor.ask("POST", "/api/commands", json={"id": "command-1", "text": "/forget"})
        [everything] = [button["id"] for button in asked[1]["buttons"] if "everything" in button["id"]]
        done = await visitor.ask("POST", "/api/clicks", json={"id": "click-001", "button": everything})
        assert done[1]["in_place"]
        while (await socket.receive_json(timeout=5))["event"] != "forgotten":
            continue
    assert (await visitor.ask("GET", "/api/history"))[1] == {"items": []}


async def test_a_stop_closes_the_open_pages(tmp_path: Path) -> None:
    async with web_world(tmp_path) as world, visit(world.address) as visitor, visitor.events() as socket:
        await socket.receive_json(timeout=5)
        stopping = asyncio.create_task(world.app.adapters[0].stop())
        await socket.receive(timeout=5)
        assert socket.closed
        await stopping


async def test_a_port_in_use_is_told_in_one_line(world: WebWorld, tmp_path: Path) -> None:
    with pytest.raises(BotError, match="OHLORA_WEB_PORT"):
        async with web_world(tmp_path / "other", web_port=world.port):
            pass


async def test_many_visitors_at_once_never_mix(tmp_path: Path) -> None:
    async def talk(address: str, name: str) -> None:
        async with visit(address) as visitor, visitor.events() as socket:
            for number in range(3):
                assert (await visitor.say(f"{name}의 말 {number}", f"message-{number}"))[0] == 202
                [reply] = await until_message(socket)
                assert reply["text"] == f"답: {name}의 말 {number}"

    async with web_world(tmp_path, FakeEngine(delay_s=0.01)) as world:
        await asyncio.gather(*(talk(world.address, f"사람{number}") for number in range(12)))


async def test_the_history_keeps_buttons_and_what_answers_no_message(tmp_path: Path) -> None:
    """The operator, on a page too, decides an appeal; both read it after a reload."""

    async def notices(who: Visit) -> list[Any]:
        _, told = await who.ask("GET", "/api/history")
        return [item for item in told["items"] if item["kind"] == "notice"]

    async def until_notices(who: Visit, count: int) -> list[Any]:
        for _ in range(100):
            if len(found := await notices(who)) >= count:
                return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"no {count} notices came")

    async def press(by: Visit, button: Any) -> None:
        assert (await by.ask("POST", "/api/clicks", json={"id": "click-001", "button": button["id"]}))[0] == 200

    boss_id = "ab" * 16
    async with web_world(tmp_path, operators=f"web:{boss_id}") as world, visit(world.address) as person:
        async with ClientSession(cookies={"ohlora_person": boss_id}, cookie_jar=CookieJar(unsafe=True)) as session:
            boss = Visit(session, world.address)
            async with boss.events() as socket:
                await boss.say("안녕", "message-1")
                await until_message(socket)
            await person.say("욕", "message-1")
            [blocked] = await until_notices(person, 1)
            await press(person, blocked["buttons"][0])
            [appeal] = await until_notices(boss, 1)
            overturn = next(button for button in appeal["buttons"] if button["style"] == "good")
            await press(boss, overturn)
            [_, decision] = await until_notices(person, 2)
        assert decision["text"] != blocked["text"]
        _, told = await person.ask("GET", "/api/history")
        assert [item["kind"] for item in told["items"]] == ["said", "notice", "notice"]
        assert (await person.say("다시 왔어", "message-2"))[1] == {"status": "accepted"}


async def test_a_service_without_faces_still_talks(tmp_path: Path) -> None:
    async with web_world(tmp_path, faces=()) as world, visit(world.address) as visitor, visitor.events() as socket:
        assert (await visitor.ask("GET", "/api/page"))[1]["look"]["face"] == ""
        assert (await visitor.ask("GET", "/api/preview?face="))[0] == 400
        await visitor.say("안녕", "message-1")
        assert (await until_message(socket))[0]["text"] == "답: 안녕"
