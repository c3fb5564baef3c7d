"""Buttons on Telegram: shown below messages, answered as an alert, in place, or in the direct chat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import Button, CommandAnswer
from tests.e2e.telegram_server.world import World, outgoing, picture_at, telegram_world

BUTTONS = (Button("appeal:7", "이의 있어요"), Button("forget:no", "그만", "danger"))


async def notice(world: World, chat_id: int) -> int:
    """Have the bot send a notice with buttons; return its message id."""
    delivered = await world.adapter.deliver(replace(outgoing(chat_id, "경고야", kind="notice"), buttons=BUTTONS))
    return int(str(delivered.receipt["message_id"]))


async def clicked(world: World, chat, user, message_id: int, data: str) -> str:  # type: ignore[no-untyped-def]
    click_id = await world.server.click_data(chat, user, message_id, data)
    await world.server.wait_until(lambda: click_id in world.server.click_answers, 10)
    return world.server.click_answers[click_id]


async def test_in_a_group_a_short_answer_is_an_alert_for_the_clicker_alone() -> None:
    async with telegram_world() as world:
        user = world.server.person(11)
        group = world.server.group(-500, admins={11})
        message_id = await notice(world, -500)
        keyboard = group.messages[message_id]["reply_markup"]["inline_keyboard"]
        assert [[key["callback_data"] for key in row] for row in keyboard] == [["appeal:7", "forget:no"]]
        sent = len(world.server.sent)
        assert await clicked(world, group, user, message_id, "appeal:7") == "did: appeal:7"
        assert len(world.server.sent) == sent
        [call] = world.front.clicks
        assert (call.author.account_id, call.place.kind, call.place.space_id) == ("11", "group", "-500")
        assert await call.rights.may_moderate("-500")
        assert not await call.rights.may_moderate("-600")
        assert not await call.rights.may_moderate("a group")


async def test_a_long_answer_goes_to_the_direct_chat_or_asks_to_press_start() -> None:
    async with telegram_world() as world:
        known, stranger = world.server.person(11), world.server.stranger(12)
        group = world.server.group(-500)
        message_id = await notice(world, -500)
        world.front.click_answer = lambda call: CommandAnswer("길다 " * 100)
        assert "개인 대화" in await clicked(world, group, known, message_id, "appeal:7")
        assert world.server.sent[-1].chat_id == 11
        assert "시작" in await clicked(world, group, stranger, message_id, "appeal:7")
        assert all("길다" not in sent.text for sent in world.server.sent if sent.chat_id == -500)


async def test_an_answer_in_place_changes_text_and_buttons() -> None:
    async with telegram_world() as world:
        user = world.server.person(11)
        chat = world.server.direct(user)
        message_id = await notice(world, 11)
        world.front.click_answer = lambda call: CommandAnswer("바뀌었어", buttons=BUTTONS[:1], in_place=True)
        await clicked(world, chat, user, message_id, "appeal:7")
        await clicked(world, chat, user, message_id, "appeal:7")  # the same again is no failure
        assert chat.messages[message_id]["text"] == "바뀌었어"
        world.front.click_answer = lambda call: CommandAnswer("끝", in_place=True)
        await clicked(world, chat, user, message_id, "appeal:7")
        assert "reply_markup" not in chat.messages[message_id]
        assert len(world.server.sent) == 1


async def test_a_picture_is_changed_in_place_and_one_that_joins_comes_anew(tmp_path: Path) -> None:
    async with telegram_world() as world:
        user = world.server.person(11)
        chat = world.server.direct(user)
        message_id = await notice(world, 11)
        picture = picture_at(tmp_path)
        world.front.click_answer = lambda call: CommandAnswer(
            call.button_id, picture=picture, buttons=BUTTONS, in_place=True
        )
        await clicked(world, chat, user, message_id, "appeal:7")
        photo = world.server.sent[-1]
        assert (photo.method, photo.text) == ("sendPhoto", "appeal:7")
        await clicked(world, chat, user, photo.message_id, "forget:no")
        assert chat.messages[photo.message_id]["caption"] == "forget:no"
        assert len(world.server.sent) == 2


async def test_forged_data_changes_no_message() -> None:
    async with telegram_world() as world:
        user = world.server.person(11)
        group = world.server.group(-500)
        message_id = await notice(world, -500)
        world.front.click_answer = lambda call: CommandAnswer("내 기억", in_place=True)
        assert await clicked(world, group, user, message_id, "memory:1:0") == "내 기억"
        assert group.messages[message_id]["text"] == "경고야"


@pytest.mark.parametrize("fails", [True, False])
async def test_a_failing_click_disturbs_nothing_else(fails: bool) -> None:
    async with telegram_world() as world:
        user = world.server.person(11)
        chat = world.server.direct(user)
        message_id = await notice(world, 11)

        def broken(call: object) -> CommandAnswer:
            raise RuntimeError("broken on purpose")

        if fails:
            world.front.click_answer = broken
        await world.server.click_data(chat, user, message_id, "appeal:7")
        await world.server.say(chat, user, "안녕")
        await world.front.wait_taken()
        await world.server.wait_confirmed()
