"""What the outbox hands over appears on Telegram, once, and its failures mean what the outbox needs to know."""

import asyncio
from pathlib import Path

import pytest

from bot.chat import DeliveryDelayed, DeliveryRefused, Place
from tests.e2e.telegram_server.world import outgoing, picture_at, telegram_world


async def test_a_short_reply_is_one_photo_with_caption(tmp_path: Path) -> None:
    async with telegram_world() as world:
        world.server.person(11)
        receipt = await world.adapter.deliver(outgoing(11, "반가워!", picture_at(tmp_path), message_id=5))
        [sent] = world.server.sent
    assert (sent.method, sent.text, sent.file_name) == ("sendPhoto", "반가워!", "oh-lora.png")
    assert sent.file is not None
    assert len(sent.file) == 100
    assert receipt.receipt["message_id"] == sent.message_id
    assert "parse_mode" not in sent.parameters
    assert "reply_parameters" not in sent.parameters


async def test_a_long_reply_is_text_and_then_the_photo(tmp_path: Path) -> None:
    text = "🌈" * 513  # 1026 UTF-16 units, 513 characters
    async with telegram_world() as world:
        world.server.person(11)
        await world.adapter.deliver(outgoing(11, text, picture_at(tmp_path)))
        assert [(sent.method, sent.text) for sent in world.server.sent] == [("sendMessage", text), ("sendPhoto", "")]
        assert world.server.sent[0].parameters["link_preview_options"] == {"is_disabled": True}


async def test_a_very_long_text_is_split_at_spaces() -> None:
    async with telegram_world() as world:
        world.server.person(11)
        await world.adapter.deliver(outgoing(11, "오로라 " * 1500))
        first, second = world.server.sent
    assert first.text.endswith("오로라")
    assert (first.text + " " + second.text).split() == ["오로라"] * 1500


async def test_in_groups_she_answers_the_message_and_a_later_face_her_own_text(tmp_path: Path) -> None:
    async with telegram_world() as world:
        server, user = world.server, world.server.person(11)
        group = server.group(-500, topics={7})
        asked = await server.say(group, user, "@ohlora_bot 안녕", topic=7)
        text = outgoing(-500, "안녕!", kind="text", message_id=asked, topic=7)
        receipt = await world.adapter.deliver(text)
        face = outgoing(-500, "", picture_at(tmp_path), kind="face", outbox_id=2, message_id=asked, topic=7,
                        after=dict(receipt.receipt))  # fmt: skip
        await world.adapter.deliver(face)
        first, second = server.sent
    assert (first.method, first.reply_to, first.topic) == ("sendMessage", asked, 7)
    assert (second.method, second.reply_to, second.topic) == ("sendPhoto", first.message_id, 7)


async def test_a_reply_to_a_deleted_message_is_sent_all_the_same() -> None:
    async with telegram_world() as world:
        world.server.group(-500)
        await world.adapter.deliver(outgoing(-500, "늦었지만", message_id=424242))
        assert [(sent.text, sent.reply_to) for sent in world.server.sent] == [("늦었지만", None)]


async def test_moving_faces_are_animations_and_names_notify_nobody(tmp_path: Path) -> None:
    async with telegram_world() as world:
        world.server.person(11)
        moving = picture_at(tmp_path, mime="video/mp4")
        await world.adapter.deliver(outgoing(11, "@channel_boss 안녕, a@b.kr", moving))
        [sent] = world.server.sent
    assert (sent.method, sent.file_name) == ("sendAnimation", "oh-lora.mp4")
    assert sent.text == "@\N{WORD JOINER}channel_boss 안녕, a@b.kr"


async def test_where_pictures_are_not_allowed_the_words_still_come(tmp_path: Path) -> None:
    async with telegram_world() as world:
        world.server.group(-500).media_allowed = False
        await world.adapter.deliver(outgoing(-500, "글만!", picture_at(tmp_path)))
        with pytest.raises(DeliveryRefused):
            await world.adapter.deliver(outgoing(-500, "", picture_at(tmp_path), kind="face", outbox_id=2))
    assert [(sent.method, sent.text) for sent in world.server.sent] == [("sendMessage", "글만!")]


async def test_a_missing_picture_file_costs_the_picture_only(tmp_path: Path) -> None:
    picture = picture_at(tmp_path)
    picture.path.unlink()
    async with telegram_world() as world:
        world.server.person(11)
        await world.adapter.deliver(outgoing(11, "글은 있어", picture))
    assert [sent.text for sent in world.server.sent] == ["글은 있어"]


async def test_429_delays_by_what_telegram_says_and_the_retry_sends_once(tmp_path: Path) -> None:
    async with telegram_world() as world:
        world.server.person(11)
        world.server.fail_next(429, retry_after=7, method="sendPhoto")
        message = outgoing(11, "가" * 2000, picture_at(tmp_path))
        with pytest.raises(DeliveryDelayed) as delayed:
            await world.adapter.deliver(message)
        assert delayed.value.retry_after_s == 7
        await world.adapter.deliver(message)
        # The text was out already: the retry sent the photo alone.
        assert [sent.method for sent in world.server.sent] == ["sendMessage", "sendPhoto"]


async def test_5xx_delays_as_often_as_it_comes() -> None:
    async with telegram_world() as world:
        world.server.person(11)
        world.server.fail_next(502, method="sendMessage", times=3)
        for _ in range(3):
            with pytest.raises(DeliveryDelayed):
                await world.adapter.deliver(outgoing(11, "언젠가는"))
        await world.adapter.deliver(outgoing(11, "언젠가는", first_try=False))
        assert len(world.server.sent) == 1


async def test_a_message_is_never_shown_three_times() -> None:
    async with telegram_world() as world:
        world.server.person(11)
        world.server.fail_next(0, method="sendMessage", times=3, carried_out=True)
        with pytest.raises(DeliveryDelayed):
            await world.adapter.deliver(outgoing(11, "도착했을까"))
        with pytest.raises(DeliveryRefused, match="unanswered"):
            await world.adapter.deliver(outgoing(11, "도착했을까", first_try=False))
        with pytest.raises(DeliveryRefused):  # after a restart the earlier try counts too
            await world.adapter.deliver(outgoing(11, "다시 켜진 뒤", outbox_id=2, first_try=False))
        assert [sent.text for sent in world.server.sent] == ["도착했을까", "도착했을까", "다시 켜진 뒤"]


async def test_each_part_of_a_long_reply_is_shown_at_most_twice(tmp_path: Path) -> None:
    message = outgoing(11, "가" * 2000, picture_at(tmp_path))
    async with telegram_world() as world:
        world.server.person(11)
        for method in ("sendMessage", "sendPhoto"):
            world.server.fail_next(0, method=method, carried_out=True)
            with pytest.raises(DeliveryDelayed):
                await world.adapter.deliver(message)
        await world.adapter.deliver(message)
        assert [sent.method for sent in world.server.sent] == ["sendMessage"] * 2 + ["sendPhoto"] * 2


async def test_a_delivered_message_handed_over_again_is_not_sent_again() -> None:
    async with telegram_world() as world:
        world.server.person(11)
        first = await world.adapter.deliver(outgoing(11, "한 번"))
        assert await world.adapter.deliver(outgoing(11, "한 번", first_try=False)) == first
        assert len(world.server.sent) == 1


async def test_chats_that_will_never_take_it_refuse() -> None:
    async with telegram_world() as world:
        server = world.server
        server.stranger(12)
        server.group(-500).migrated_to = -100500
        for number, chat_id in enumerate((12, -500, 404), start=1):
            with pytest.raises(DeliveryRefused):
                await world.adapter.deliver(outgoing(chat_id, "들려?", outbox_id=number))
        with pytest.raises(DeliveryRefused):
            await world.adapter.deliver(outgoing(11, "  \n", outbox_id=9))
        assert server.sent == []


async def test_an_unreachable_server_delays() -> None:
    async with telegram_world() as world:
        world.server.person(11)
        port = world.server.port
        await world.server.stop()
        for _ in range(3):  # nothing left this machine, so it may be tried for ever
            with pytest.raises(DeliveryDelayed):
                await world.adapter.deliver(outgoing(11, "여보세요"))
        await world.server.start(port)
        await world.adapter.deliver(outgoing(11, "여보세요", first_try=False))
        assert len(world.server.sent) == 1


async def test_typing_is_shown_until_both_turns_are_done() -> None:
    async with telegram_world() as world:
        server = world.server
        server.group(-500, topics={7})
        place = Place("telegram", "-500", "group", "7")
        await world.adapter.typing(place, active=True)
        await world.adapter.typing(place, active=True)
        await server.wait_until(lambda: len(server.chat_actions) == 1)
        await world.adapter.typing(place, active=False)
        await world.adapter.typing(place, active=False)
        await world.adapter.typing(place, active=False)
        await world.adapter.typing(Place("telegram", "404", "direct", "404"), active=True)
        await world.adapter.typing(Place("telegram", "no number", "direct", "x"), active=True)
        await asyncio.sleep(0.05)
    assert server.chat_actions == [(-500, 7, "typing")]
