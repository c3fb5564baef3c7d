"""A person sees, exports, joins and erases what is kept of them; over loopback Discord and Telegram."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.discord_server import DiscordServer
from tests.e2e.discord_server.world import SentFile
from tests.e2e.telegram_server import TelegramServer
from tests.e2e.whole_bot import OnDiscord, OnTelegram, whole_bot

CANARY = "나비고양이비밀번호"


def bytes_with(folder: Path, canary: str) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()]


async def test_export_and_erasure_on_telegram(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        on = OnTelegram(server)
        mina = server.person(70011, "미나")
        group, direct = server.group(-500, "독서 모임"), server.direct(mina)
        async with whole_bot(tmp_path, telegram=server):
            await on.say(direct, mina, f"기억 {CANARY}")
            assert CANARY in (await on.say(direct, mina, "/memory")).text
            seen = len(server.sent)
            await server.say(group, mina, "/export")  # the file goes to the direct chat, not to the group
            await server.wait_until(lambda: len(server.sent) >= seen + 3, 10)
            [file] = [sent for sent in server.sent[seen:] if sent.method == "sendDocument"]
            assert file.chat_id == mina.id
            told = json.loads(file.file or b"")
            assert told["memory"][0]["value"] == CANARY
            assert told["accounts"][0]["account_id"] == "70011"
            blocked = await on.say(group, mina, f"@ohlora_bot 욕 {CANARY}")
            assert "⛔" in blocked.text
            asked = await on.say(direct, mina, "/forget")
            assert bytes_with(tmp_path, CANARY)

        async with whole_bot(tmp_path, telegram=server):  # the button still works
            pictures = list((tmp_path / "pictures").glob("*.png"))
            assert pictures
            await on.click(direct, mina, asked.message_id, "모든 것")
            assert "모든 것을 지웠어" in on.shown(direct, asked.message_id)
            assert bytes_with(tmp_path, CANARY) == []
            assert not any(path.exists() for path in pictures)
            assert "아직 없어" in (await on.say(direct, mina, "/memory")).text
            # A block outlives an erasure, without its text.
            assert "거절" in (await on.say(group, mina, "@ohlora_bot 안녕")).text


async def test_one_person_on_two_platforms(tmp_path: Path) -> None:
    async with DiscordServer() as discord, TelegramServer() as telegram:
        dc, tg = OnDiscord(discord), OnTelegram(telegram)
        mina_d, mina_t = discord.add_user("미나"), telegram.person(70011, "미나 티")
        room = discord.direct_channel(mina_d)
        guild_channel = discord.add_channel(discord.add_guild("샘올대학교"), "수다")
        async with whole_bot(tmp_path, discord, telegram):
            await tg.say(telegram.direct(mina_t), mina_t, f"기억 {CANARY}")
            code = next(
                word for word in (await tg.say(telegram.direct(mina_t), mina_t, "/link")).text.split() if "-" in word
            )
            assert bytes_with(tmp_path, code) == []  # hashed
            offer = await dc.command(room, mina_d, "link", {"code": code})
            assert "미나 티" in offer.text
            message = offer.answers[0]
            assert "이었어" in await dc.click(message, mina_d, "함께")
            assert message["components"] == []
            assert CANARY in (await dc.command(room, mina_d, "memory")).text
            # Never in a server, whoever asks.
            assert CANARY not in (await dc.command(guild_channel, mina_d, "memory")).text
            await dc.command(room, mina_d, "unlink")
            assert CANARY not in (await dc.command(room, mina_d, "memory")).text
            assert CANARY in (await tg.say(telegram.direct(mina_t), mina_t, "/memory")).text


async def test_a_picture_is_verified_on_both_platforms(tmp_path: Path) -> None:
    async with DiscordServer() as discord, TelegramServer() as telegram:
        dc, tg = OnDiscord(discord), OnTelegram(telegram)
        joon_d, joon_t = discord.add_user("준"), telegram.person(70012, "준")
        room = discord.direct_channel(joon_d)
        async with whole_bot(tmp_path, discord, telegram):
            said = await dc.say(room, joon_d, "안녕")
            await discord.until(lambda: discord.sent[-1]["attachments"])
            made = discord.uploads[discord.sent[-1]["attachments"][0]["id"]].content
            assert said
            given = discord.upload(SentFile("hers.png", None, made))
            assert "파일이 그대로" in (await dc.command(room, joon_d, "verify", {"picture": given})).text
            assert "어느 그림" in (await dc.command(room, joon_d, "verify")).text
            chat = telegram.direct(joon_t)
            photo = telegram.photo(made)
            shown = await telegram.say(chat, joon_t, photo=photo)  # answered with "words only"
            await telegram.wait_sent(1)
            answer = await tg.say(chat, joon_t, "/verify", reply_to=shown)
            assert "파일이 그대로" in answer.text
            captioned = await tg.say(chat, joon_t, None, photo=photo, caption="/verify")  # type: ignore[arg-type]
            assert "파일이 그대로" in captioned.text
