"""Somebody is blocked unjustly and appeals by a button; a moderator overturns it with one click. With restarts."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.discord_server import DiscordServer
from tests.e2e.telegram_server import TelegramServer
from tests.e2e.whole_bot import MANAGE_GUILD, OnDiscord, OnTelegram, whole_bot


async def test_on_discord(tmp_path: Path) -> None:
    async with DiscordServer() as server:
        on = OnDiscord(server)
        mina, joon, boss = (server.add_user(name) for name in ("미나", "준", "방장"))
        guild = server.add_guild("샘올대학교")
        talk, staff = server.add_channel(guild, "수다"), server.add_channel(guild, "관리")
        elsewhere = server.add_channel(server.add_guild("다른 서버"), "수다")
        async with whole_bot(tmp_path, server):
            options = {"setting": "moderators_channel", "value": "here"}
            assert "관리자만" in (await on.command(staff, joon, "settings", options)).text
            assert "here" in (await on.command(staff, boss, "settings", options, MANAGE_GUILD)).text
            blocked = await on.say(talk, mina, "욕이야")
            # A first offence that blocks at once says which rule, and why there was no warning.
            for word in ("패드립", "부모", "경고 없이", "7일", "단계 1", "이 채널", "KST", "/appeal"):
                assert word in blocked["content"]

        async with whole_bot(tmp_path, server):  # buttons outlive the process that sent them
            assert "다른 사람" in await on.click(blocked, joon, "이의")
            seen = len(staff.messages)
            assert "전했어" in await on.click(blocked, mina, "이의")
            await server.until(lambda: len(staff.messages) > seen)
            appeal = staff.messages[-1]
            for word in ("이의 신청", "미나", "한 말: 욕이야", "패드립"):
                assert word in appeal["content"]
            assert "이미 전했어" in await on.click(blocked, mina, "이의")

        async with whole_bot(tmp_path, server) as app:
            assert "관리자만" in await on.click(appeal, joon, "취소하기")
            # A moderator of another server has the button's id, and it does nothing for them.
            [overturn] = [
                button["custom_id"]
                for row in appeal["components"]
                for button in row["components"]
                if "취소" in button["label"]
            ]
            theirs = await on.say(elsewhere, boss, "안녕")
            given = await server.click_id(theirs, boss, overturn, permissions=MANAGE_GUILD)
            await server.until(lambda: given.answers)
            assert "관리자만" in given.answers[0]["content"]
            assert "거절" in (await on.say(talk, mina, "아직?"))["content"]

            seen = len(talk.messages)
            shown = await on.click(appeal, boss, "취소하기", MANAGE_GUILD)
            assert "취소함" in shown
            assert appeal["components"] == []
            await server.until(lambda: len(talk.messages) > seen)
            assert "미나, 이의가 받아들여졌어" in talk.messages[-1]["content"]
            assert "답: 고마워" in (await on.say(talk, mina, "고마워"))["content"]
            # It counts for nothing: the next offence is a first one again.
            assert "단계 1" in (await on.say(talk, mina, "욕이야"))["content"]
            log = await on.command(talk, boss, "modlog", None, MANAGE_GUILD)
            assert "방장: appeal-overturned 미나" in log.text
            listed = await on.command(talk, mina, "appeal")
            assert "취소됨" in listed.text
            async with app.storage.read() as work:
                [first, second] = await work.ethics.events(
                    (await work.people.find("discord", str(mina.id))).person_id, None
                )  # type: ignore[union-attr]
            assert first.overturned_at is not None
            assert second.overturned_at is None


async def test_on_telegram_without_a_moderators_channel(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        on = OnTelegram(server)
        mina, joon, boss = server.person(70011, "미나"), server.person(70012, "준"), server.person(70013, "방장")
        group = server.group(-500, "독서 모임", admins={70013})
        server.group(-600, "다른 모임", admins={70012})
        async with whole_bot(tmp_path, telegram=server):
            blocked = await on.say(group, mina, "@ohlora_bot 욕이야")
            assert "전했어" in await on.click(group, mina, blocked.message_id, "이의")

        async with whole_bot(tmp_path, telegram=server):
            seen = len(server.sent)
            await server.say(group, boss, "/appeals")
            await server.wait_until(lambda: len(server.sent) >= seen + 2, 10)
            appeal = next(sent for sent in server.sent[seen:] if sent.chat_id == 70013)  # evidence stays private
            assert "한 말: 욕이야" in appeal.text
            direct = server.direct(boss)
            # In the direct chat nobody is an administrator: it is the group that is asked about.
            assert "관리자만" in await stolen_click(server, on, joon, direct, appeal.message_id)
            await on.click(direct, boss, appeal.message_id, "그대로")
            assert "그대로 두기로 함" in on.shown(direct, appeal.message_id)
            await server.wait_until(lambda: "판단을 그대로" in server.sent[-1].text, 10)
            assert server.sent[-1].chat_id == -500
            assert "거절" in (await on.say(group, mina, "@ohlora_bot 안녕")).text
            assert "그대로 두기로" in await on.click(group, mina, blocked.message_id, "이의")


async def stolen_click(server: TelegramServer, on: OnTelegram, user, chat, message_id: int) -> str:  # type: ignore[no-untyped-def]
    """Click a button of somebody else's message, as a changed client could."""
    rows = chat.messages[message_id]["reply_markup"]["inline_keyboard"]
    data = next(key["callback_data"] for row in rows for key in row if "취소" in key["text"])
    own = await on.say(server.direct(user), user, "/help")
    seen = len(server.sent)
    await server.click_data(server.direct(user), user, own.message_id, data)
    await server.wait_until(lambda: len(server.sent) > seen, 10)
    return server.sent[-1].text


async def test_in_a_direct_chat_the_operator_decides(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        on = OnTelegram(server)
        mina, operator = server.person(70011, "미나", language="en"), server.person(70099, "운영자")
        async with whole_bot(tmp_path, telegram=server, operators="telegram:70099"):
            await on.say(server.direct(operator), operator, "/help")
            blocked = await on.say(server.direct(mina), mina, "욕이야")
            assert "Until" in blocked.text or "until" in blocked.text
            seen = len(server.sent)
            await on.click(server.direct(mina), mina, blocked.message_id, "appeal")
            await server.wait_until(lambda: any(sent.chat_id == 70099 for sent in server.sent[seen:]), 10)
            appeal = next(sent for sent in server.sent[seen:] if sent.chat_id == 70099)
            assert "욕이야" in appeal.text
            seen = len(server.sent)
            await on.click(server.direct(operator), operator, appeal.message_id, "취소하기")
            await server.wait_until(lambda: any("accepted" in sent.text for sent in server.sent[seen:]), 10)
            assert "답: 다시 왔어" in (await on.say(server.direct(mina), mina, "다시 왔어")).text
