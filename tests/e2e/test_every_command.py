"""Every command over loopback Discord and Telegram, in both languages: as a person, a moderator and a stranger."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.registry import COMMANDS
from tests.e2e.discord_server import DiscordServer
from tests.e2e.telegram_server import TelegramServer
from tests.e2e.whole_bot import MANAGE_GUILD, OnDiscord, whole_bot

REFUSED = {"ko": "관리자만", "en": "Only moderators"}
BROKEN = {"ko": "할 수 없었어", "en": "could not"}


def arguments(person: str) -> dict[str, dict[str, str]]:
    """Return values with which each command that needs some does something."""
    who, why = {"person": person}, {"reason": "because of a test"}
    return {
        "language": {"language": "ko"},
        "timezone": {"zone": "Asia/Seoul"},
        "motion": {"motion": "still"},
        "unblock": who | why,
        "warnings": who,
        "resetmemory": who | why,
        "block": who | {"length": "1h"} | why,
        "pardon": {"event": "1"} | why,
    }


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_on_discord(tmp_path: Path, language: str) -> None:
    async with DiscordServer() as server:
        on = OnDiscord(server)
        mina, boss = server.add_user("미나"), server.add_user("방장")
        channel = server.add_channel(server.add_guild("샘올대학교"), "수다")
        locale = "ko" if language == "ko" else "en-US"
        async with whole_bot(tmp_path, server):
            for name, command in COMMANDS.items():
                values = arguments(str(mina.id)).get(name, {}) | ({"language": language} if name == "language" else {})
                given = await on.command(channel, mina, name, values, locale=locale)
                assert given.private, name
                assert (REFUSED[language] in given.text) is command.spec.moderators_only, (name, given.text)
                if command.spec.moderators_only:
                    given = await on.command(channel, boss, name, values, MANAGE_GUILD, locale=locale)
                    assert REFUSED[language] not in given.text, name
                assert BROKEN[language] not in given.text, name
                assert given.text, name


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_on_telegram(tmp_path: Path, language: str) -> None:
    async with TelegramServer() as server:
        mina, boss = server.person(70011, "미나", language=language), server.person(70013, "방장", language=language)

        async def answer(user, name: str) -> str:  # type: ignore[no-untyped-def]
            # A group of its own for each, because the flood limiter allows 20 messages a minute in one.
            group = server.group(-500 - len(server.chats), "모임", admins={70013})
            values = arguments("70011").get(name, {}) | ({"language": language} if name == "language" else {})
            seen = len(server.sent)
            await server.say(group, user, " ".join([f"/{name}", *values.values()]))
            await server.wait_until(lambda: {sent.chat_id for sent in server.sent[seen:]} >= {user.id, group.id}, 10)
            return "\n".join(sent.text for sent in server.sent[seen:] if sent.chat_id == user.id)

        async with whole_bot(tmp_path, telegram=server):
            for name, command in COMMANDS.items():
                text = await answer(mina, name)
                assert (REFUSED[language] in text) is command.spec.moderators_only, (name, text)
                if command.spec.moderators_only:
                    text = await answer(boss, name)
                    assert REFUSED[language] not in text, name
                assert BROKEN[language] not in text, name
                assert text, name
