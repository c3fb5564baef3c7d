"""The webhook takes updates with the secret only, answers 200 only after the commit, and stays quiet about rubbish."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.errors import BotError
from bot.telegram.adapter import TelegramAdapter
from tests.e2e.telegram_server import TelegramServer
from tests.e2e.telegram_server.fake_front import FakeFront
from tests.e2e.telegram_server.world import SECRET, World, settings_for, telegram_world, texts_for

WEBHOOK: dict[str, Any] = {
    "telegram_mode": "webhook",
    "telegram_webhook_url": "http://127.0.0.1:1/telegram",
    "telegram_webhook_secret": SECRET,
}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with telegram_world(**WEBHOOK) as made:
        yield made


async def post(world: World, body: bytes, secret: str | None = SECRET, method: str = "POST") -> tuple[int, str]:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    url = f"http://127.0.0.1:{world.adapter.webhook_port}/telegram"
    async with (
        ClientSession() as session,
        session.request(method, url, data=io.BytesIO(body), headers=headers) as response,
    ):
        return response.status, await response.text()


def update(text: str, update_id: int = 5) -> bytes:
    user = {"id": 11, "is_bot": False, "first_name": "지민"}
    message = {"message_id": 3, "date": 1, "chat": {"id": 11, "type": "private"}, "from": user, "text": text}
    return json.dumps({"update_id": update_id, "message": message}).encode()


async def test_an_update_with_the_secret_is_taken(world: World) -> None:
    assert world.server.webhook_url == WEBHOOK["telegram_webhook_url"]
    assert world.server.webhook_secret == SECRET
    assert (await post(world, update("안녕")))[0] == 200
    assert [message.text for message in world.front.taken] == ["안녕"]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "비밀"])
async def test_a_wrong_secret_is_refused(world: World, secret: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    status, _ = await post(world, update("안녕"), secret)
    assert status == 403
    assert world.front.taken == []
    assert "Traceback" not in "".join(capsys.readouterr())


async def test_an_oversized_body_is_refused(world: World) -> None:
    assert (await post(world, update("가" * 600_000)))[0] == 413
    assert (await post(world, b"x" * 3_000_000, "wrong"))[0] == 403
    assert world.front.taken == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe{}",
        update("안녕") + b"\xed\xa0\x80",
        b"not json",
        b"[]",
        b"7",
        b'{"message": {}}',
        b'{"update_id": "5"}',
        b'{"update_id": true}',
        b'{"update_id": 5, "message": "text"}',
        b'{"update_id": 5, "message": {"message_id": 1}}',
        b'{"update_id": 5, "message": {"message_id": 1, "date": 1e300, "chat": {"id": 1, "type": "private"}}}',
        b"[" * 100_000,
    ],
)
async def test_rubbish_is_a_400_and_one_log_line(world: World, body: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    status, _ = await post(world, body)
    assert status == 400
    shown = "".join(capsys.readouterr())
    assert "Traceback" not in shown
    assert shown.count("telegram.webhook_refused") == 1
    assert world.front.taken == []


async def test_lone_surrogates_are_replaced(world: World) -> None:
    assert (await post(world, update("앞\ud800뒤")))[0] == 200
    world.front.taken[0].text.encode("utf-8")


async def test_a_failing_commit_is_not_acknowledged(world: World) -> None:
    world.front.failures_left = 1
    assert (await post(world, update("안녕")))[0] == 503
    assert (await post(world, update("안녕")))[0] == 200
    assert len(world.front.taken) == 1


async def test_other_methods_are_refused(world: World) -> None:
    assert (await post(world, b"", method="GET"))[0] == 405


async def test_the_server_pushes_until_it_is_taken() -> None:
    async with TelegramServer() as server:
        front = FakeFront()
        front.failures_left = 2
        async with telegram_world(server, front, **WEBHOOK) as world:
            server.webhook_url = f"http://127.0.0.1:{world.adapter.webhook_port}/telegram"
            user = server.person(11)
            await server.say(server.direct(user), user, "밀어 줘")
            await server.wait_confirmed()
        assert [message.text for message in front.taken] == ["밀어 줘"]


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ({"telegram_webhook_secret": None}, "OHLORA_TELEGRAM_WEBHOOK_SECRET"),
        ({"telegram_webhook_secret": "한글 비밀"}, "OHLORA_TELEGRAM_WEBHOOK_SECRET"),
        ({"telegram_webhook_url": None}, "OHLORA_TELEGRAM_WEBHOOK_URL"),
    ],
)
async def test_without_address_or_secret_it_does_not_start(missing: dict[str, Any], named: str) -> None:
    async with TelegramServer() as server:
        front = FakeFront()
        with pytest.raises(BotError, match=named):
            TelegramAdapter(settings_for(server, **(WEBHOOK | missing)), front, texts_for(front.specs))


async def test_a_taken_port_is_one_clear_line(world: World) -> None:
    values = WEBHOOK | {"telegram_webhook_port": world.adapter.webhook_port}
    front = FakeFront()
    adapter = TelegramAdapter(settings_for(world.server, **values), front, texts_for(front.specs))
    with pytest.raises(BotError, match="WEBHOOK_HOST"):
        await adapter.start()
    await adapter.stop()
