"""Commands on Telegram: as a person, a moderator and a stranger; in place and privately; never twice."""

from pathlib import Path

from bot.chat import CommandAnswer
from tests.e2e.telegram_server import TelegramServer
from tests.e2e.telegram_server.fake_front import FakeFront
from tests.e2e.telegram_server.world import picture_at, telegram_world


async def test_a_command_in_a_direct_chat_is_answered_there(tmp_path: Path) -> None:
    front = FakeFront()
    front.answer = lambda call: CommandAnswer("자료야", True, picture_at(tmp_path), ("me.json", b"{}"))
    async with telegram_world(front=front) as world:
        user = world.server.person(11)
        await world.server.say(world.server.direct(user), user, "/help")
        photo, document = await world.server.wait_sent(2)
    [call] = front.calls
    assert (call.name, call.may_moderate, call.place.kind, dict(call.arguments)) == ("help", False, "direct", {})
    assert (photo.method, photo.text, document.file_name, document.file) == ("sendPhoto", "자료야", "me.json", b"{}")


async def test_the_platform_says_who_may_moderate_and_is_asked_once_a_minute() -> None:
    async with telegram_world() as world:
        server = world.server
        admin, guest = server.person(21, "관리자"), server.person(22, "손님", "guest_22")
        group = server.group(-500, admins={21})
        await server.say(group, guest, "안녕하세요")
        await server.say(group, admin, "/block@ohlora_bot @guest_22 3 욕을 했어요")
        await server.wait_sent(2)
        await server.say(group, guest, "/block @guest_22")
        await server.say(group, admin, "/block @guest_22")
        await world.front.wait_until(lambda: len(world.front.calls) == 3)
        await server.wait_sent(6)
    calls = {(call.author.account_id, call.may_moderate) for call in world.front.calls}
    assert calls == {("21", True), ("22", False)}
    first = next(call for call in world.front.calls if "reason" in call.arguments)
    assert dict(first.arguments) == {"person": "22", "days": "3", "reason": "욕을 했어요"}
    assert world.server.calls.count("getChatAdministrators") == 1


async def test_a_reply_names_the_person() -> None:
    async with telegram_world() as world:
        server = world.server
        admin, guest = server.person(21), server.person(22)
        group = server.group(-500, admins={21})
        said = await server.say(group, guest, "나쁜 말")
        await server.say(group, admin, "/block 3 나쁜 말", reply_to=said)
        await world.front.wait_until(lambda: bool(world.front.calls))
        await server.wait_sent(2)
    assert dict(world.front.calls[0].arguments) == {"person": "22", "days": "3", "reason": "나쁜 말"}


async def test_private_answers_go_to_the_direct_chat_or_ask_to_press_start() -> None:
    async with telegram_world() as world:
        server = world.server
        known, stranger = server.person(11), server.stranger(12)
        group = server.group(-500)
        asked = await server.say(group, known, "/help")
        private, note = await server.wait_sent(2)
        await server.say(group, stranger, "/help")
        await server.wait_sent(3)
    assert (private.chat_id, private.text) == (11, "done: help")
    assert (note.chat_id, note.reply_to) == (-500, asked)
    assert "done" not in note.text + server.sent[2].text
    assert server.sent[2].chat_id == -500
    assert "시작" in server.sent[2].text


async def test_public_answers_stay_in_the_topic() -> None:
    front = FakeFront()
    front.answer = lambda call: CommandAnswer("모두에게", private=False)
    async with telegram_world(front=front) as world:
        user = world.server.person(11)
        await world.server.say(world.server.group(-500, topics={7}), user, "/help", topic=7)
        [sent] = await world.server.wait_sent()
    assert (sent.chat_id, sent.topic, sent.text) == (-500, 7, "모두에게")


async def test_misread_and_unknown_commands_are_explained_in_the_persons_language() -> None:
    async with telegram_world() as world:
        server = world.server
        user = server.person(11, language="en")
        chat = server.direct(user)
        for number, text in enumerate(("/motion", "/motion jumpy", "/block @nobody_known", "/dance"), start=1):
            await server.say(chat, user, text)
            await server.wait_sent(number)
        texts = [sent.text for sent in server.sent]
    assert world.front.calls == []
    assert "missing" in texts[0]
    assert "still, moving" in texts[1]
    assert "/block <person> [days] [reason]" in texts[2]
    assert "/dance" in texts[3]


async def test_commands_for_other_bots_and_unknown_ones_in_groups_are_left_alone() -> None:
    async with telegram_world() as world:
        server, user = world.server, world.server.person(11)
        group = server.group(-500)
        await server.say(group, user, "/help@other_bot")
        await server.say(group, user, "/weather")
        await server.say(group, user, "/motion@ohlora_bot STILL")
        await server.wait_sent(2)
        await server.wait_confirmed()
    assert [(call.name, dict(call.arguments)) for call in world.front.calls] == [("motion", {"how": "still"})]


async def test_a_replayed_command_runs_once_even_after_a_restart() -> None:
    async with TelegramServer() as server:
        front = FakeFront()
        user = server.person(11)
        async with telegram_world(server, front):
            await server.say(server.direct(user), user, "/help")
            await server.wait_sent()
            await server.wait_confirmed()
        async with telegram_world(server, front):
            await server.replay_last()
            await server.say(server.direct(user), user, "다음 말")
            await front.wait_taken()
        assert len(front.calls) == 1


async def test_a_failing_command_is_an_answer_and_not_silence() -> None:
    front = FakeFront()

    def fail(call: object) -> CommandAnswer:
        raise OSError("database is locked")

    front.answer = fail
    async with telegram_world(front=front) as world:
        user = world.server.person(11)
        await world.server.say(world.server.direct(user), user, "/help")
        [sent] = await world.server.wait_sent()
    assert "처리하지 못했어" in sent.text


async def test_anonymous_administrators_are_told_why_not() -> None:
    async with telegram_world() as world:
        server = world.server
        group = server.group(-500)
        anonymous = server.person(1087968824, "Group").as_json() | {"is_bot": True}
        await server.say(group, server.user(1), "/help", sender_chat=group.as_json(), **{"from": anonymous})
        [sent] = await server.wait_sent()
    assert world.front.calls == []
    assert "익명" in sent.text


async def test_start_means_help() -> None:
    async with telegram_world() as world:
        user = world.server.person(11)
        await world.server.say(world.server.direct(user), user, "/start from-a-link")
        await world.server.wait_sent()
    assert [call.name for call in world.front.calls] == ["help"]


async def test_the_menu_is_written_once_for_each_scope_and_language_and_again_when_it_changed() -> None:
    async with TelegramServer() as server:
        front = FakeFront()
        for specs, expected in ((front.specs, 9), (front.specs, 9), (front.specs[:2], 18)):
            front.specs = specs
            async with telegram_world(server, front):
                await front.wait_until(lambda: "telegram.menu" in front.states)
                await server.wait_until(lambda wanted=expected: server.calls.count("setMyCommands") >= wanted)
        assert server.calls.count("setMyCommands") == 18
        rows = server.menus["all_chat_administrators", "en"]
        assert [row["command"] for row in rows] == ["help", "motion"]
        assert rows[0]["description"] == "en help"
        assert {scope for scope, _ in server.menus} == {
            "all_private_chats", "all_group_chats", "all_chat_administrators",
        }  # fmt: skip


async def test_people_see_no_moderator_commands_in_the_menu() -> None:
    async with telegram_world() as world:
        await world.front.wait_until(lambda: "telegram.menu" in world.front.states)
        menus = world.server.menus
    assert [row["command"] for row in menus["all_private_chats", "ko"]] == ["help", "motion"]
    assert [row["command"] for row in menus["all_chat_administrators", ""]] == ["help", "motion", "block"]
