"""`doctor` says in one line each what is wrong with the Telegram settings, and changes nothing."""

from typing import Any

import pytest

from bot.findings import Finding
from bot.telegram.doctor import check_telegram
from tests.e2e.telegram_server import TelegramServer
from tests.e2e.telegram_server.world import SECRET, settings_for

URL = "https://bot.example.org/telegram"


async def findings(server: TelegramServer, **values: Any) -> list[Finding]:
    found = await check_telegram(settings_for(server, **values))
    assert all("\n" not in finding.text for finding in found)
    assert not any(server.token in finding.text for finding in found)
    assert set(server.calls) <= {"getMe", "getWebhookInfo"}
    return found


def wrong(found: list[Finding]) -> list[str]:
    return [finding.text for finding in found if not finding.ok]


async def test_all_is_well_and_the_privacy_mode_is_named() -> None:
    async with TelegramServer() as server:
        found = await findings(server)
        assert wrong(found) == []
        assert any("@ohlora_bot" in finding.text for finding in found)
        assert any("/setprivacy" in finding.text for finding in found)
        server.reads_all_messages = True
        assert not any("/setprivacy" in finding.text for finding in await findings(server))


@pytest.mark.parametrize("token", ["987654:wrong", "with space", None])
async def test_a_bad_token_is_named(token: str | None) -> None:
    async with TelegramServer() as server:
        [line] = wrong(await findings(server, telegram_token=token))
    assert "OHLORA_TELEGRAM_TOKEN" in line
    assert "wrong" not in line


async def test_an_unreachable_server_is_named() -> None:
    async with TelegramServer() as server:
        settings = settings_for(server)
    [line] = wrong(await check_telegram(settings))
    assert "OHLORA_TELEGRAM_BASE_URL" in line


async def test_a_webhook_stands_in_the_way_of_polling() -> None:
    async with TelegramServer() as server:
        server.webhook_url = "https://other.example.org/secret-path"
        [line] = wrong(await findings(server))
    assert "other.example.org" in line
    assert "secret-path" not in line
    assert "OHLORA_TELEGRAM_MODE" in line


@pytest.mark.parametrize(
    ("values", "registered", "error", "expected"),
    [
        ({}, URL, None, None),
        ({}, None, None, None),
        ({"telegram_webhook_secret": None}, None, None, "OHLORA_TELEGRAM_WEBHOOK_SECRET"),
        ({"telegram_webhook_url": "http://bot.example.org/"}, None, None, "https"),
        ({}, "https://other.example.org/", None, "other.example.org"),
        ({}, URL, "Connection\nrefused", "Connection refused"),
    ],
)
async def test_the_webhook_is_looked_at(
    values: dict[str, Any], registered: str | None, error: str | None, expected: str | None
) -> None:
    async with TelegramServer() as server:
        server.webhook_error = error
        given = {"telegram_mode": "webhook", "telegram_webhook_url": URL, "telegram_webhook_secret": SECRET} | values
        settings = settings_for(server, **given)
        server.webhook_url = registered
        lines = wrong(await check_telegram(settings))
    assert len(lines) == (expected is not None)
    assert expected is None or expected in lines[0]
