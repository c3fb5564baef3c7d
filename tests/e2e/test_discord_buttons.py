"""Buttons on Discord: shown, acknowledged at once, answered in place or to the clicker alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import Button, CommandAnswer
from tests.e2e.discord_rig import PNG, DiscordRig, face, outgoing

MANAGE_GUILD = 1 << 5
BUTTONS = (Button("appeal:7", "이의 있어요"), Button("forget:no", "그만", "danger"))


@pytest.fixture
async def rig() -> AsyncIterator[DiscordRig]:
    async with DiscordRig() as made:
        yield made


async def shown(rig: DiscordRig, text: str = "경고야") -> dict[str, object]:
    """Have the bot send a notice with buttons to the channel; return it."""
    adapter = await rig.start()
    await rig.server.say(rig.channel, rig.mina, f"<@{rig.server.bot.id}> 안녕", mentions=[rig.server.bot])
    taken = (await rig.taken())[-1]
    await adapter.deliver(replace(outgoing(taken, text, kind="notice"), buttons=BUTTONS))
    return rig.server.sent[-1]


async def test_a_notice_has_its_buttons_and_a_click_says_who_where_and_what(rig: DiscordRig) -> None:
    message = await shown(rig)
    [row] = message["components"]  # type: ignore[misc]
    assert [(each["custom_id"], each["label"], each["style"]) for each in row["components"]] == [  # type: ignore[index]
        ("appeal:7", "이의 있어요", 2),
        ("forget:no", "그만", 4),
    ]
    given = await rig.server.click(message, rig.joon, "이의", permissions=MANAGE_GUILD)
    await rig.server.until(lambda: given.answers)
    assert given.callbacks == [{"type": 6}]
    [call] = rig.front.clicks
    assert (call.button_id, call.author.account_id, call.place.channel_id) == (
        "appeal:7",
        str(rig.joon.id),
        str(rig.channel.id),
    )
    assert await call.rights.may_moderate(str(rig.guild.id))
    assert not await call.rights.may_moderate("1")
    assert given.answers[0]["flags"] & 64  # for the clicker's eyes
    assert message["content"] == "경고야"


async def test_a_click_is_acknowledged_before_the_service_answers(rig: DiscordRig) -> None:
    message = await shown(rig)
    gate = asyncio.Event()
    click = rig.front.click

    async def slow(call):  # type: ignore[no-untyped-def]
        await gate.wait()
        return await click(call)

    rig.front.click = slow  # type: ignore[method-assign]
    given = await rig.server.click(message, rig.mina, "이의")
    await rig.server.until(lambda: given.deferred)
    assert given.answers == []
    gate.set()
    await rig.server.until(lambda: given.answers)


async def test_an_answer_in_place_changes_the_message_with_its_picture_and_buttons(
    rig: DiscordRig, tmp_path: Path
) -> None:
    message = await shown(rig)
    rig.front.answer = CommandAnswer("바뀌었어", picture=face(tmp_path), buttons=BUTTONS[:1], in_place=True)
    await rig.server.click(message, rig.mina, "이의")
    await rig.server.until(lambda: message["content"] == "바뀌었어")
    [attachment] = message["attachments"]  # type: ignore[misc]
    assert rig.server.uploads[attachment["id"]].content == PNG  # type: ignore[index]
    rig.front.answer = CommandAnswer("끝", in_place=True)
    await rig.server.click(message, rig.mina, "이의")
    await rig.server.until(lambda: message["content"] == "끝")
    assert (message["components"], message["attachments"]) == ([], [])


async def test_a_click_on_what_is_no_button_of_the_message_changes_nothing_there(rig: DiscordRig) -> None:
    message = await shown(rig)
    rig.front.answer = CommandAnswer("내 기억", in_place=True)
    given = await rig.server.click_id(message, rig.joon, "memory:1:0")
    await rig.server.until(lambda: given.answers)
    assert message["content"] == "경고야"
    assert given.answers[0]["flags"] & 64


async def test_buttons_work_after_a_restart_and_a_replayed_click_is_carried_out_once(rig: DiscordRig) -> None:
    message = await shown(rig)
    await rig.restart()
    given = await rig.server.click(message, rig.mina, "그만")
    await rig.server.until(lambda: given.answers)
    assert [call.button_id for call in rig.front.clicks] == ["forget:no"]


async def test_buttons_join_the_answer_of_a_command(rig: DiscordRig) -> None:
    await rig.start()
    rig.front.answer = CommandAnswer("골라 줘", buttons=BUTTONS)
    given = await rig.server.slash(rig.channel, rig.mina, "help")
    await rig.server.until(lambda: given.answered)
    assert len(given.answers[0]["components"][0]["components"]) == 2
    clicked = await rig.server.click(given.answers[0], rig.mina, "그만")
    await rig.server.until(lambda: clicked.answers)
