"""What people write on Discord, and what of it reaches the service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.e2e.discord_rig import DiscordRig
from tests.e2e.discord_server import SentFile
from tests.e2e.discord_server.world import attachment_json

FORWARDED = {
    "type": 0,
    "content": "퍼 온 말",
    "timestamp": "2026-01-01T00:00:00+00:00",
    "edited_timestamp": None,
    "mentions": [],
    "attachments": [],
    "embeds": [],
    "flags": 0,
}


@pytest.fixture
async def rig() -> AsyncIterator[DiscordRig]:
    async with DiscordRig() as made:
        yield made


async def test_a_direct_message_reaches_the_service(rig: DiscordRig) -> None:
    await rig.start()
    said = await rig.server.say(rig.direct, rig.mina, "오늘 뭐 했어?")
    (taken,) = await rig.taken()
    assert (taken.text, taken.place.kind, taken.place.space_id) == ("오늘 뭐 했어?", "direct", str(rig.direct.id))
    assert (taken.message_id, taken.chat_id) == (said["id"], str(rig.direct.id))
    assert (taken.author.account_id, taken.author.display_name) == (str(rig.mina.id), "미나")
    assert taken.sent_at.tzinfo is not None


async def test_a_mention_is_stripped_and_other_names_are_written_out(rig: DiscordRig) -> None:
    await rig.start()
    her, joon = rig.server.bot, rig.joon
    await rig.server.say(
        rig.channel, rig.mina, f"<@{her.id}> <@!{joon.id}> 알아? <#{rig.channel.id}>", mentions=[her, joon]
    )
    (taken,) = await rig.taken()
    assert taken.text == "준 알아? #수다"
    assert (taken.place.kind, taken.place.space_id) == ("server", str(rig.guild.id))
    assert (taken.place.channel_id, taken.place.space_name) == (str(rig.channel.id), "샘올대학교")


async def test_a_reply_to_her_is_for_her_and_one_to_another_is_not(rig: DiscordRig) -> None:
    adapter = await rig.start()
    heard = await rig.heard()
    assert adapter.hears_all is False
    hers = await rig.server.say(rig.channel, rig.server.bot, "안녕!")
    his = await rig.server.say(rig.channel, rig.joon, "뭐해")
    await rig.server.say(rig.channel, rig.mina, "너 말고", reply_to=his)
    await rig.server.say(rig.channel, rig.mina, "응 너", reply_to=hers, mentions=[rig.server.bot])
    taken = await rig.taken(2)
    assert [each.text for each in taken] == [heard.text, "응 너"]


async def test_bots_webhooks_and_notices_are_not_heard(rig: DiscordRig) -> None:
    await rig.start()
    robot = rig.server.add_user("로봇", bot=True)
    await rig.server.say(rig.direct, robot, "삐빅")
    await rig.server.say(rig.direct, rig.mina, "웹훅", webhook_id=str(rig.server.new_id()))
    await rig.server.say(rig.direct, rig.mina, "", type=7)
    await rig.server.say(rig.direct, rig.server.bot, "내가 쓴 말")
    await rig.heard()
    assert len(rig.front.taken) == 1


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"sticker_items": [{"id": "1", "name": "wave", "format_type": 1}]}, "sticker"),
        ({"attachments": [attachment_json(1, SentFile("cat.png", None, b""), "image/png")]}, "image"),
        ({"attachments": [attachment_json(1, SentFile("a.ogg", None, b""), "audio/ogg")]}, "voice"),
        ({"attachments": [attachment_json(1, SentFile("a.zip", None, b""), "application/zip")]}, "file"),
        ({"message_snapshots": [{"message": FORWARDED}]}, "other"),
    ],
)
async def test_what_hangs_on_a_message_is_named(rig: DiscordRig, more: dict[str, Any], kind: str) -> None:
    await rig.start()
    await rig.server.say(rig.direct, rig.mina, "", **more)
    (taken,) = await rig.taken()
    assert (taken.text, taken.attachment) == ("", kind)


async def test_a_channel_that_is_hers_is_heard_with_the_intent_only() -> None:
    async with DiscordRig(message_content=True) as rig:
        rig.server.content_intent = True
        rig.front.hers = {str(rig.channel.id)}
        adapter = await rig.start()
        assert adapter.hears_all is True
        thread = rig.server.add_channel(rig.guild, "실", parent=rig.channel)
        other = rig.server.add_channel(rig.guild, "다른 방")
        await rig.server.gateway.dispatch("THREAD_CREATE", thread.json())
        await rig.server.say(other, rig.joon, "여긴 아니야")
        await rig.server.say(rig.channel, rig.joon, "다들 안녕")
        await rig.server.say(thread, rig.joon, "여기도 안녕")
        taken = await rig.taken(2)
        assert {each.text for each in taken} == {"다들 안녕", "여기도 안녕"}


async def test_without_the_intent_in_the_portal_she_still_answers_mentions() -> None:
    async with DiscordRig(message_content=True) as rig:
        rig.front.hers = {str(rig.channel.id)}
        adapter = await rig.start()
        assert adapter.hears_all is False
        await rig.server.say(rig.channel, rig.joon, "안 들리지?")
        await rig.server.say(rig.channel, rig.joon, f"<@{rig.server.bot.id}> 들려?", mentions=[rig.server.bot])
        (taken,) = await rig.taken()
        assert taken.text == "들려?"


async def test_messages_of_a_channel_keep_their_order_and_survive_a_failing_inbox(rig: DiscordRig) -> None:
    await rig.start()
    rig.front.slow_s = 0.01
    rig.front.failures = 1
    for number in range(5):
        await rig.server.say(rig.direct, rig.mina, str(number))
    taken = await rig.taken(5)
    assert [each.text for each in taken] == ["0", "1", "2", "3", "4"]
