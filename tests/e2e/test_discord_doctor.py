"""What `doctor` says about Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.discord.doctor import check
from tests.e2e.discord_rig import DiscordRig


@pytest.fixture
async def rig() -> AsyncIterator[DiscordRig]:
    async with DiscordRig() as made:
        yield made


async def wrong(rig: DiscordRig, **more: object) -> list[str]:
    findings = await check(rig.settings(**more))
    assert all("\n" not in finding.text for finding in findings)
    return [finding.text for finding in findings if not finding.ok]


async def test_all_is_well(rig: DiscordRig) -> None:
    assert await wrong(rig) == []


async def test_a_bad_token(rig: DiscordRig) -> None:
    (text,) = await wrong(rig, discord_token=SecretStr("bad"))
    assert "OHLORA_DISCORD_TOKEN" in text


async def test_an_address_where_nobody_is(rig: DiscordRig) -> None:
    (text,) = await wrong(rig, discord_api_base="http://127.0.0.1:9/api")
    assert "cannot be reached" in text
    assert "OHLORA_DISCORD_API_BASE" in text


async def test_a_gateway_that_is_away(rig: DiscordRig) -> None:
    rig.server.gateway.held = True
    (text,) = await wrong(rig)
    assert "gateway cannot be reached" in text


async def test_an_api_that_fails(rig: DiscordRig) -> None:
    rig.server.fail_next("GET", "/oauth2/applications/@me", 503)
    (text,) = await wrong(rig)
    assert "503" in text


async def test_the_intent_is_set_here_but_off_in_the_portal(rig: DiscordRig) -> None:
    (text,) = await wrong(rig, discord_message_content=True)
    assert "Message Content Intent is off" in text
    rig.server.content_intent = True
    assert await wrong(rig, discord_message_content=True) == []


async def test_missing_rights_are_named_with_the_server(rig: DiscordRig) -> None:
    rig.server.add_guild("조용한 서버", granted=(1 << 10) | (1 << 11))
    (text,) = await wrong(rig)
    assert "조용한 서버" in text
    assert "Attach Files" in text
    assert "Read Message History" in text
    assert "Send Messages," not in text


async def test_no_session_start_is_left(rig: DiscordRig) -> None:
    rig.server.session_starts = 0
    (text,) = await wrong(rig)
    assert "session starts" in text


async def test_without_a_token_there_is_nothing_to_say(rig: DiscordRig) -> None:
    assert await check(rig.settings(discord_token=None)) == []
