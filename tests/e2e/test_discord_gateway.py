"""Connections that break: nothing said meanwhile is lost, nothing is taken twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from bot.errors import BotError
from tests.e2e.discord_rig import DiscordRig, outgoing


@pytest.fixture
async def rig() -> AsyncIterator[DiscordRig]:
    async with DiscordRig() as made:
        yield made


async def test_a_broken_line_is_resumed_and_brings_what_was_missed(rig: DiscordRig) -> None:
    await rig.start()
    await rig.heard()
    rig.server.gateway.held = True
    await rig.server.drop_gateway()
    await rig.server.say(rig.direct, rig.mina, "듣고 있어?")
    rig.server.gateway.held = False
    taken = await rig.taken(2)
    assert taken[1].text == "듣고 있어?"
    assert len(rig.server.gateway.resumes) == 1
    assert len(rig.server.gateway.identifies) == 1


@pytest.mark.parametrize("op", [7, 9])
async def test_an_order_to_reconnect_is_followed(rig: DiscordRig, op: int) -> None:
    await rig.start()
    await rig.server.gateway.order(op, True)
    await rig.server.until(lambda: rig.server.gateway.resumes)
    await rig.server.connected()
    await rig.heard()


async def test_a_session_that_is_gone_is_begun_anew_and_the_gap_is_filled(rig: DiscordRig) -> None:
    await rig.start()
    await rig.heard()
    await rig.server.drop_gateway()
    rig.server.gateway.forget_sessions()
    await rig.server.say(rig.direct, rig.mina, "첫째")
    await rig.server.say(rig.direct, rig.mina, "둘째")
    await rig.server.until(lambda: len(rig.server.gateway.identifies) == 2)
    await rig.server.connected()
    await rig.server.say(rig.direct, rig.mina, "셋째")  # live, while the gap is not filled yet
    taken = await rig.taken(4)
    assert [each.text for each in taken[1:]] == ["첫째", "둘째", "셋째"]


async def test_what_is_said_while_the_bot_is_off_is_taken_at_the_next_start(rig: DiscordRig) -> None:
    await rig.start()
    her = rig.server.bot
    await rig.heard()
    await rig.server.say(rig.channel, rig.mina, f"<@{her.id}> 안녕", mentions=[her])
    await rig.taken(2)
    await rig.stop()
    await rig.server.say(rig.direct, rig.mina, "자니?")
    await rig.server.say(rig.channel, rig.joon, "우리끼리 얘기")
    await rig.server.say(rig.channel, rig.joon, f"<@{her.id}> 일어나", mentions=[her])
    await rig.start()
    taken = await rig.taken(4)
    assert {each.text for each in taken[2:]} == {"자니?", "일어나"}
    assert {each.place.kind for each in taken[2:]} == {"direct", "server"}
    await rig.restart()
    await rig.heard()
    assert len(rig.front.taken) == 5


async def test_what_is_older_than_a_day_is_let_go(rig: DiscordRig) -> None:
    await rig.start()
    heard = await rig.heard()
    await rig.stop()
    (kept,) = rig.direct.messages
    now = datetime.now(UTC)
    rig.direct.messages[:] = [
        kept | {"id": str(rig.server.new_id(at=now - timedelta(hours=hours))), "content": f"{hours}시간 전"}
        for hours in (48, 30, 2)
    ]
    seen = rig.front.states["discord.seen"]["channels"]
    assert seen == [[str(rig.direct.id), None, heard.message_id]]
    seen[0][2] = rig.direct.messages[0]["id"]
    await rig.start()
    taken = await rig.taken(2)
    assert [each.text for each in taken] == ["안녕", "2시간 전"]


async def test_a_channel_whose_history_is_closed_goes_on_live(rig: DiscordRig) -> None:
    await rig.start()
    await rig.heard()
    rig.server.hides_history = True
    await rig.restart()
    await rig.server.say(rig.direct, rig.mina, "그래도 들려?")
    assert (await rig.taken(2))[1].text == "그래도 들려?"


async def test_a_gateway_that_refuses_the_intent_is_joined_without_it() -> None:
    async with DiscordRig(message_content=True) as rig:
        rig.server.content_intent = True
        rig.server.gateway.refuses_contents = True
        adapter = await rig.start()
        await rig.heard()
        assert adapter.hears_all is False


async def test_a_replayed_event_is_taken_once(rig: DiscordRig) -> None:
    await rig.start()
    said = await rig.server.say(rig.direct, rig.mina, "한 번만")
    await rig.server.announce(said)
    await rig.heard()
    assert [each.text for each in rig.front.taken] == ["한 번만", "안녕"]


async def test_a_message_the_inbox_refused_is_fetched_at_the_next_start(
    rig: DiscordRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.discord.intake.PAUSES_S", (0.01, 0.01, 0.01))
    await rig.start()
    await rig.heard()
    rig.front.failures = 4
    await rig.server.say(rig.direct, rig.mina, "잃지 마")
    await rig.server.until(lambda: rig.front.failures == 0)
    await rig.heard()
    await rig.restart()
    taken = await rig.taken(3)
    assert "잃지 마" in [each.text for each in taken]


async def test_heartbeats_go_on_while_much_is_said_and_sent() -> None:
    async with DiscordRig(heartbeat_ms=50) as rig:
        adapter = await rig.start()
        began = time.monotonic()
        for number in range(40):
            await rig.server.say(rig.direct, rig.mina, str(number))
        taken = await rig.taken(40)
        await asyncio.gather(*(adapter.deliver(outgoing(each, nonce=each.message_id)) for each in taken))
        await asyncio.sleep(0.2)
        expected = (time.monotonic() - began) / 0.05
        assert rig.server.gateway.heartbeats >= expected / 3
        assert len(rig.server.sent) == 40


async def test_a_wrong_token_is_told_at_start(rig: DiscordRig) -> None:
    adapter = rig.prepare(discord_token=SecretStr("wrong"))
    with pytest.raises(BotError, match="OHLORA_DISCORD_TOKEN"):
        await adapter.start()


async def test_start_goes_on_in_the_background_when_discord_is_away(
    rig: DiscordRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.discord.adapter.PATIENCE_S", 0.2)
    rig.server.fail_next("GET", "/users/@me$", 503)
    adapter = rig.prepare()
    await adapter.start()
    await rig.server.connected()
    await rig.heard()


async def test_a_gateway_of_ones_own_is_used_for_every_session() -> None:
    async with DiscordRig() as rig, DiscordRig() as elsewhere:
        elsewhere.server.token = rig.server.token
        adapter = rig.prepare(discord_gateway_url=elsewhere.server.gateway_url)
        await adapter.start()
        await elsewhere.server.connected()
        await elsewhere.server.drop_gateway()
        await elsewhere.server.until(lambda: elsewhere.server.gateway.resumes)
        assert rig.server.gateway.identifies == []
