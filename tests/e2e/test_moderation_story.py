"""A person insults, is blocked, and a moderator lifts it: the whole bot over loopback Discord and Telegram."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.clock import utc_now
from tests.e2e.discord_server import DiscordServer
from tests.e2e.telegram_server import TelegramServer
from tests.e2e.whole_bot import MANAGE_GUILD, whole_bot


async def test_on_discord(tmp_path: Path) -> None:
    async with DiscordServer() as server:
        mina, joon, boss = (server.add_user(name) for name in ("미나", "준", "방장"))
        guild = server.add_guild("샘올대학교")
        talk, other = server.add_channel(guild, "수다"), server.add_channel(guild, "공부")
        elsewhere = server.add_channel(server.add_guild("다른 서버"), "수다")
        async with whole_bot(
            tmp_path,
            discord_token=server.token,
            discord_api_base=server.api_base,
            discord_gateway_url=server.gateway_url,
        ) as app:
            await server.connected()

            async def say(channel, user, text):  # type: ignore[no-untyped-def]
                seen = len(server.sent)
                await server.say(channel, user, f"<@{server.bot.id}> {text}", mentions=[server.bot])
                await server.until(lambda: len(server.sent) > seen)
                return server.sent[-1]

            async def command(channel, user, name, options=None, permissions=0):  # type: ignore[no-untyped-def]
                given = await server.slash(channel, user, name, options, permissions=permissions)
                await server.until(lambda: given.answered)
                return given

            blocked = await say(talk, mina, "욕이야")
            week = (utc_now() + timedelta(days=7)).strftime("%Y.%m.")
            assert "⛔" in blocked["content"]
            assert "7일" in blocked["content"]
            assert week in blocked["content"] or "까지" in blocked["content"]
            assert "거절" in (await say(talk, mina, "안녕"))["content"]
            assert "답: 안녕" in (await say(other, mina, "안녕"))["content"]
            assert "답: 안녕" in (await say(talk, joon, "안녕"))["content"]

            options = {"person": str(mina.id), "reason": "오해였어"}
            refused = await command(talk, joon, "unblock", options)
            assert refused.private
            assert "관리자만" in refused.text
            # A moderator of another server has no say here, and nothing of this one shows there.
            wrong_place = await command(elsewhere, boss, "unblock", options, MANAGE_GUILD)
            assert "차단되어 있지 않아" in wrong_place.text
            assert "거절" in (await say(talk, mina, "아직?"))["content"]

            listed = await command(talk, boss, "blocks", None, MANAGE_GUILD)
            assert "미나" in listed.text
            lifted = await command(talk, boss, "unblock", options, MANAGE_GUILD)
            assert "차단을 풀었어" in lifted.text
            assert "답: 고마워" in (await say(talk, mina, "고마워"))["content"]
            log = await command(talk, boss, "modlog", None, MANAGE_GUILD)
            assert "방장: unblock" in log.text
            assert "오해였어" in log.text

            refused = await command(talk, boss, "settings", {"setting": "hers", "value": "on"}, MANAGE_GUILD)
            assert "Message Content" in refused.text
            async with app.storage.read() as work:
                [entry] = [entry for entry in await work.audit.list(None, 10) if entry.act == "unblock"]
            assert (entry.actor_platform, entry.actor_account) == ("discord", str(boss.id))


async def test_on_telegram(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        mina, joon, boss = (
            server.person(70011, "미나", "mina"),
            server.person(70012, "준"),
            server.person(70013, "방장"),
        )
        group = server.group(-500, "독서 모임", admins={70013})
        elsewhere = server.group(-600, "다른 모임", admins={70012})
        async with whole_bot(tmp_path, telegram_token=server.token, telegram_base_url=server.base_url) as app:

            async def say(chat, user, text, **more):  # type: ignore[no-untyped-def]
                seen = len(server.sent)
                await server.say(chat, user, text, **more)
                await server.wait_until(lambda: len(server.sent) > seen, 10)
                return server.sent[-1].text

            assert "7일" in await say(group, mina, "@ohlora_bot 욕이야")
            assert "거절" in await say(group, mina, "@ohlora_bot 안녕")
            assert "답: 안녕" in await say(server.direct(mina), mina, "안녕")
            assert "답: 안녕" in await say(group, joon, "@ohlora_bot 안녕")

            async def command(chat, user, text, answer):  # type: ignore[no-untyped-def]
                seen = len(server.sent)
                await server.say(chat, user, text)
                await server.wait_until(lambda: any(answer in sent.text for sent in server.sent[seen:]), 10)
                await server.wait_until(lambda: len(server.sent) >= seen + 2, 10)  # the answer, and where it is

            await command(group, joon, "/unblock 70011 오해였어", "관리자만")
            # An administrator of another group changes nothing here.
            await command(elsewhere, joon, "/unblock 70011 오해였어", "차단되어 있지 않아")
            assert "거절" in await say(group, mina, "@ohlora_bot 아직?")
            await command(group, boss, "/unblock 70011 오해였어", "차단을 풀었어")
            assert "답: 고마워" in await say(group, mina, "@ohlora_bot 고마워")
            async with app.storage.read() as work:
                acts = [(entry.act, entry.actor_account) for entry in await work.audit.list(None, 10)]
    assert acts == [("unblock", "70013")]
