"""What people write on Telegram reaches the front desk, once, and only what is for her."""

import asyncio
import logging

import pytest

from bot.chat import Taken
from bot.errors import BotError
from bot.telegram.adapter import TelegramAdapter
from tests.e2e.telegram_server import TelegramServer
from tests.e2e.telegram_server.fake_front import FakeFront
from tests.e2e.telegram_server.world import settings_for, telegram_world, texts_for


async def test_a_direct_message_is_taken_and_confirmed() -> None:
    async with telegram_world() as world:
        user = world.server.person(11, "지민", "jimin")
        message_id = await world.server.say(world.server.direct(user), user, "안녕 오로라! 🌈")
        [message] = await world.front.wait_taken()
        await world.server.wait_confirmed()
    assert (message.text, message.attachment) == ("안녕 오로라! 🌈", "none")
    assert (message.place.kind, message.place.space_id, message.place.channel_id) == ("direct", "11", "11")
    assert (message.author.account_id, message.author.display_name, message.author.language) == ("11", "지민", "ko")
    assert (message.chat_id, message.message_id) == ("11", str(message_id))
    assert message.sent_at.tzinfo is not None


async def test_a_group_is_answered_when_she_is_named_or_replied_to_only() -> None:
    async with telegram_world() as world:
        server, user = world.server, world.server.person(11)
        group = server.group(-500, "독서 모임")
        await server.say(group, user, "우리끼리 하는 말")
        await server.say(group, user, "@someone_else 안녕")
        await server.say(group, user, "🌸 저기 @OhLoRA_bot 오늘 뭐 해?")
        hers = server.next_message_id()
        group.messages[hers] = {
            "message_id": hers, "date": 1, "chat": group.as_json(), "from": server.me.as_json(), "text": "응!"
        }  # fmt: skip
        await server.say(group, user, "그렇구나", reply_to=hers)
        first, second = await world.front.wait_taken(2)
        await server.wait_confirmed()
        assert len(world.front.taken) == 2
    assert (first.text, first.place.kind, first.place.space_name) == ("🌸 저기 오늘 뭐 해?", "group", "독서 모임")
    assert second.text == "그렇구나"


async def test_topics_are_channels_and_hers_need_no_mention() -> None:
    async with telegram_world() as world:
        server, user = world.server, world.server.person(11)
        forum = server.group(-600, topics={7, 8})
        world.front.hers.add(("-600", "7"))
        await server.say(forum, user, "여긴 네 방이야", topic=7)
        await server.say(forum, user, "여긴 아니야", topic=8)
        # A reply thread outside topics has a thread id too.
        await server.say(forum, user, "@ohlora_bot 안녕", message_thread_id=3)
        hers, general = await world.front.wait_taken(2)
        await server.wait_confirmed()
    assert (hers.place.channel_id, hers.route["topic"]) == ("7", 7)
    assert (general.place.channel_id, general.route["topic"]) == ("-600", None)
    assert general.text == "안녕"


async def test_stickers_and_media_come_with_their_kind_and_service_messages_not_at_all() -> None:
    async with telegram_world() as world:
        server, user = world.server, world.server.person(11)
        chat = server.direct(user)
        file = {"file_id": "f", "file_unique_id": "u"}
        sticker = file | {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
        photo = [file | {"width": 1, "height": 1}]
        await server.say(chat, user, sticker=sticker)
        await server.say(chat, user, photo=photo, caption="이거 봐", media_group_id="album")
        await server.say(chat, user, photo=photo, media_group_id="album")
        await server.say(chat, user, voice=file | {"duration": 2})
        await server.say(chat, user, document=file)
        await server.say(chat, user, location={"latitude": 37.5, "longitude": 127.0})
        await server.say(chat, user, new_chat_title="새 이름")
        await server.say(chat, user, "끝")
        taken = await world.front.wait_taken(6)
        await server.wait_confirmed()
    assert [(message.attachment, message.text) for message in taken] == [
        ("sticker", ""), ("image", "이거 봐"), ("voice", ""), ("file", ""), ("other", ""), ("none", "끝"),
    ]  # fmt: skip


async def test_edits_channels_bots_and_migrations_are_not_for_her() -> None:
    async with telegram_world() as world:
        server, user = world.server, world.server.person(11)
        chat = server.direct(user)
        bot = server.person(12, "다른 봇").as_json() | {"is_bot": True}
        await server.say(chat, user, "고친 말", kind="edited_message")
        await server.say(
            server.group(-700), user, "@ohlora_bot 소식", kind="channel_post", chat={"id": -700, "type": "channel"}
        )
        await server.say(server.group(-701), user, "@ohlora_bot 안녕", **{"from": bot})
        await server.say(server.group(-702), user, migrate_to_chat_id=-1002)
        await server.say(server.group(-703), user, "@ohlora_bot 방송", sender_chat={"id": -703, "type": "supergroup"})
        await server.say(chat, user, "나는 사람")
        await world.front.wait_taken()
        await server.wait_confirmed()
    assert [message.text for message in world.front.taken] == ["나는 사람"]


async def test_a_replayed_update_is_a_duplicate_for_the_inbox() -> None:
    async with telegram_world() as world:
        user = world.server.person(11)
        await world.server.say(world.server.direct(user), user, "한 번만")
        await world.front.wait_taken()
        await world.server.wait_confirmed()
        # A restart before the confirmation: the server hands the same update out again.
        async with telegram_world(world.server, world.front) as again:
            await again.server.replay_last()
            await again.front.wait_until(lambda: len(again.front.outcomes) == 2)
    assert world.front.outcomes == [Taken.ACCEPTED, Taken.DUPLICATE]


async def test_an_update_is_confirmed_only_after_its_commit() -> None:
    front = FakeFront()
    front.gate = asyncio.Event()
    async with telegram_world(front=front) as world:
        user = world.server.person(11)
        await world.server.say(world.server.direct(user), user, "커밋 전")
        await asyncio.sleep(0.2)
        assert len(world.server.updates.unconfirmed()) == 1
        front.gate.set()
        await world.server.wait_confirmed()
    assert [message.text for message in front.taken] == ["커밋 전"]


async def test_a_failing_commit_brings_the_update_again_and_loses_nothing() -> None:
    front = FakeFront()
    front.failures_left = 1
    async with telegram_world(front=front) as world:
        user = world.server.person(11)
        for text in ("하나", "둘"):
            await world.server.say(world.server.direct(user), user, text)
        await front.wait_taken(2)
        await world.server.wait_confirmed()
    assert [message.text for message in front.taken] == ["하나", "둘"]


async def test_characters_that_no_database_takes_are_replaced() -> None:
    async with telegram_world() as world:
        user = world.server.person(11)
        await world.server.say(world.server.direct(user), user, "앞\0뒤")
        [message] = await world.front.wait_taken()
    assert message.text == "앞뒤"


async def test_an_update_that_cannot_be_read_stands_in_nobodys_way() -> None:
    async with telegram_world() as world:
        user = world.server.person(11)
        chat = world.server.direct(user)
        await world.server.say(chat, user, "이상한 것", date="yesterday")
        await world.server.say(chat, user, "멀쩡한 것")
        await world.front.wait_taken()
        await world.server.wait_confirmed()
    assert [message.text for message in world.front.taken] == ["멀쩡한 것"]


async def test_an_unreachable_telegram_is_tried_again_in_the_background() -> None:
    async with TelegramServer() as server:
        server.fail_next(429, method="getMe", retry_after=1)
        async with telegram_world(server) as world:
            user = server.person(11)
            await server.say(server.direct(user), user, "이제 들려?")
            await world.front.wait_taken()


async def test_polling_survives_server_failures() -> None:
    async with TelegramServer() as server:
        server.fail_next(502, method="getUpdates")
        async with telegram_world(server) as world:
            user = server.person(11)
            await server.say(server.direct(user), user, "살아 있어?")
            await world.front.wait_taken()


async def test_a_stop_finishes_the_update_in_hand_and_confirms_it() -> None:
    front = FakeFront()
    front.gate = asyncio.Event()
    async with telegram_world(front=front) as world:
        user = world.server.person(11)
        for text in ("손에 든 것", "아직 안 든 것"):
            await world.server.say(world.server.direct(user), user, text)
        await asyncio.sleep(0.2)
        stopping = asyncio.create_task(world.adapter.stop())
        await asyncio.sleep(0.05)
        front.gate.set()
        await asyncio.wait_for(stopping, 2)
        assert [message.text for message in front.taken] == ["손에 든 것"]
        assert len(world.server.updates.unconfirmed()) == 1


async def test_it_stops_at_once_while_telegram_is_unreachable() -> None:
    async with TelegramServer() as server:
        settings = settings_for(server)
    adapter = TelegramAdapter(settings, FakeFront(), texts_for(()))
    await adapter.start()
    await asyncio.wait_for(adapter.stop(), 1)


async def test_a_refused_token_is_one_clear_line_without_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with TelegramServer() as server:
        front = FakeFront()
        settings = settings_for(server, telegram_token="987654:not-the-token")
        with pytest.raises(BotError, match="OHLORA_TELEGRAM_TOKEN") as caught:
            await TelegramAdapter(settings, front, texts_for(front.specs)).start()
    assert "not-the-token" not in str(caught.value)
    assert "not-the-token" not in caplog.text


async def test_no_token_and_no_text_reach_the_logs(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with telegram_world() as world:
        user = world.server.person(11)
        await world.server.say(world.server.direct(user), user, "비밀 이야기")
        await world.front.wait_taken()
        world.server.fail_next(500, method="getUpdates")
        await world.server.say(world.server.direct(user), user, "비밀 이야기 둘")
        await world.front.wait_taken(2)
    shown = caplog.text + "".join(capsys.readouterr())
    assert world.server.token not in shown
    assert "비밀" not in shown
