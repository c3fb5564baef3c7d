"""Slash commands on Discord: deferred at once, answered by the interaction, refused to who may not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import CommandAnswer, DeliveryDelayed
from tests.e2e.discord_rig import HELP, PNG, DiscordRig, face, outgoing

MANAGE_GUILD, MODERATE_MEMBERS = 1 << 5, 1 << 40


@pytest.fixture
async def rig() -> AsyncIterator[DiscordRig]:
    async with DiscordRig() as made:
        yield made


async def test_chat_is_deferred_at_once_and_answered_with_a_face(rig: DiscordRig, tmp_path: Path) -> None:
    adapter = await rig.start()
    rig.front.open.clear()
    given = await rig.server.slash(rig.channel, rig.mina, "chat", {"text": "안녕, 오로라"})
    await rig.server.until(lambda: given.deferred)  # before the inbox has it
    rig.front.open.set()
    (taken,) = await rig.taken()
    assert (taken.text, taken.message_id, taken.author.language) == ("안녕, 오로라", str(given.id), "ko")
    assert given.token not in json.dumps(dict(taken.route))
    delivered = await adapter.deliver(outgoing(taken, picture=face(tmp_path)))
    assert (given.answered, given.private, given.text) == (True, False, "응, 안녕!")
    (attachment,) = given.answers[0]["attachments"]
    assert attachment["description"] == "크게 웃고 있는 오로라"
    assert rig.server.uploads[attachment["id"]].content == PNG
    assert delivered.receipt["message_id"] == given.answers[0]["id"]
    assert len(rig.channel.messages) == 1


async def test_an_answer_that_overtakes_the_deferral_waits_for_it(rig: DiscordRig) -> None:
    adapter = await rig.start()
    rig.server.rate_limit_next("POST", "/callback$", 0.3)
    given = await rig.server.slash(rig.channel, rig.mina, "chat", {"text": "안녕"})
    (taken,) = await rig.taken()
    assert not given.deferred
    await adapter.deliver(outgoing(taken))
    assert given.text == "응, 안녕!"


async def test_a_later_face_and_a_second_message_join_the_answer(rig: DiscordRig, tmp_path: Path) -> None:
    adapter = await rig.start()
    given = await rig.server.slash(rig.channel, rig.mina, "chat", {"text": "안녕"})
    (taken,) = await rig.taken()
    first = await adapter.deliver(outgoing(taken, "글 먼저", kind="text"))
    await adapter.deliver(outgoing(taken, "경고야", kind="notice", nonce="b" * 24))
    await adapter.deliver(outgoing(taken, "", kind="face", picture=face(tmp_path), after=first.receipt))
    assert [each["content"] for each in given.answers] == ["글 먼저", "경고야"]
    assert [len(each["attachments"]) for each in given.answers] == [1, 0]


async def test_after_a_restart_the_answer_still_fills_the_deferred_one_once(rig: DiscordRig) -> None:
    await rig.start()
    given = await rig.server.slash(rig.channel, rig.mina, "chat", {"text": "안녕"})
    (taken,) = await rig.taken()
    await rig.server.until(lambda: given.deferred)
    adapter = await rig.restart()
    message = outgoing(taken, first_try=False)
    first = await adapter.deliver(message)
    assert await adapter.deliver(message) == first
    assert [each["content"] for each in given.answers] == ["응, 안녕!"]


async def test_when_the_token_is_spent_the_channel_gets_the_answer_once(rig: DiscordRig, tmp_path: Path) -> None:
    rig.server.remembers_nonces = False
    adapter = await rig.start()
    given = await rig.server.slash(rig.channel, rig.mina, "chat", {"text": "안녕"})
    (taken,) = await rig.taken()
    await rig.server.until(lambda: given.deferred)
    rig.later_s = 16 * 60.0
    message = outgoing(taken, picture=face(tmp_path), nonce="c" * 24)
    first = await adapter.deliver(message)
    assert (given.answered, first.receipt["via"]) == (False, "channel")
    rig.later_s, given.expired = 0.0, True  # the clock says it lives, Discord says it does not
    second = outgoing(taken, "또 왔어", nonce="d" * 24, picture=face(tmp_path))
    await adapter.deliver(second)
    hers = [each for each in rig.channel.messages if each is not given.answers[0]]
    assert [(each["content"], len(each["attachments"])) for each in hers] == [("응, 안녕!", 1), ("또 왔어", 1)]


async def test_an_answer_given_before_the_token_died_is_found_in_the_channel(rig: DiscordRig) -> None:
    rig.server.remembers_nonces = False
    adapter = await rig.start()
    given = await rig.server.slash(rig.channel, rig.mina, "chat", {"text": "안녕"})
    (taken,) = await rig.taken()
    message = outgoing(taken)
    first = await adapter.deliver(message)
    rig.later_s = 16 * 60.0
    again = await adapter.deliver(replace(message, first_try=False))
    assert again.receipt["message_id"] == first.receipt["message_id"]
    assert given.answered
    assert len(rig.channel.messages) == 1


async def test_chat_says_so_when_the_inbox_fails(rig: DiscordRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.discord.intake.PAUSES_S", (0.01, 0.01))
    await rig.start()
    rig.front.failures = 99
    given = await rig.server.slash(rig.channel, rig.mina, "chat", {"text": "안녕"}, locale="en-US")
    await rig.server.until(lambda: given.answered)
    assert "could not take your message" in given.text


async def test_a_replayed_command_is_carried_out_once(rig: DiscordRig) -> None:
    await rig.start()
    given = await rig.server.slash(rig.channel, rig.mina, "help")
    await rig.server.until(lambda: given.answered)
    await rig.server.announce_interaction(given, "help", {})
    chat = await rig.server.slash(rig.channel, rig.mina, "chat", {"text": "안녕"})
    await rig.server.announce_interaction(chat, "chat", {"text": "안녕"})
    await rig.taken()
    await rig.server.until(lambda: len(rig.server.calls_of("POST", "/callback$")) == 4)
    assert (len(rig.front.calls), len(rig.front.taken)) == (1, 1)


@pytest.mark.parametrize(
    ("permissions", "said"),
    [(0, "only moderators"), (MANAGE_GUILD, "done"), (MODERATE_MEMBERS, "done"), (1 << 3, "done"), (1 << 13, "only")],
)
async def test_moderators_commands_are_checked_at_each_call(rig: DiscordRig, permissions: int, said: str) -> None:
    await rig.start()
    options = {"who": str(rig.joon.id), "hours": 3.0, "scope": "server"}
    given = await rig.server.slash(rig.channel, rig.mina, "block", options, permissions=permissions)
    await rig.server.until(lambda: given.answered)
    assert given.text.startswith(said)
    assert given.private
    (call,) = rig.front.calls
    assert call.arguments == {"who": str(rig.joon.id), "hours": "3", "scope": "server"}
    assert (call.place.space_id, call.author.account_id) == (str(rig.guild.id), str(rig.mina.id))


async def test_moderators_commands_are_refused_in_direct_chats(rig: DiscordRig) -> None:
    await rig.start()
    given = await rig.server.slash(rig.direct, rig.mina, "block", {"who": "1"}, permissions=MODERATE_MEMBERS)
    await rig.server.until(lambda: given.answered)
    assert given.text == "only moderators"


async def test_a_public_answer_with_picture_and_document(rig: DiscordRig, tmp_path: Path) -> None:
    await rig.start()
    rig.front.answer = CommandAnswer("모두 봐", private=False, picture=face(tmp_path), document=("me.json", b"{}"))
    given = await rig.server.slash(rig.channel, rig.mina, "help")
    await rig.server.until(lambda: len(given.answers) == 2)
    assert (given.private, given.text) == (True, "아래에 보여 줄게!")
    (shown,) = rig.channel.messages
    assert shown["content"] == "모두 봐"
    assert [each["filename"] for each in shown["attachments"]] == ["oh-lora.png", "me.json"]


async def test_a_private_answer_stays_private_however_long(rig: DiscordRig) -> None:
    await rig.start()
    rig.front.answer = CommandAnswer("길다 " * 1000)
    given = await rig.server.slash(rig.channel, rig.mina, "help")
    await rig.server.until(lambda: len(given.answers) == 2 and given.answered)
    assert rig.channel.messages == []
    assert all(len(each["content"]) <= 2000 for each in given.answers)


async def test_an_unknown_command_is_answered(rig: DiscordRig) -> None:
    await rig.start()
    given = await rig.server.slash(rig.direct, rig.mina, "dance")
    await rig.server.until(lambda: given.answered)
    assert "없는 명령" in given.text
    assert rig.front.calls == []


async def test_commands_are_registered_only_when_they_changed(rig: DiscordRig) -> None:
    await rig.start()
    await rig.server.until(lambda: "discord.commands" in rig.front.states)
    by_name = {command["name"]: command for command in rig.server.commands}
    assert set(by_name) == {"chat", "help", "block"}
    assert by_name["help"]["name_localizations"] == {"ko": "도움말"}
    assert by_name["help"]["contexts"] == [0, 1]
    assert by_name["help"]["default_member_permissions"] is None
    assert by_name["block"]["contexts"] == [0]
    assert by_name["block"]["default_member_permissions"] == str(MODERATE_MEMBERS)
    assert [option["name"] for option in by_name["block"]["options"]] == ["who", "hours", "scope"]
    assert [option["type"] for option in by_name["block"]["options"]] == [6, 10, 3]
    await rig.restart()
    await rig.heard()
    assert len(rig.server.calls_of("PUT", "/commands$")) == 1
    rig.front.specs = (HELP,)
    await rig.restart()
    await rig.server.until(lambda: len(rig.server.commands) == 2)
    assert len(rig.server.calls_of("PUT", "/commands$")) == 2


async def test_no_token_and_no_text_stand_in_the_logs(
    rig: DiscordRig, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    adapter = await rig.start()
    rig.server.rate_limit_next("POST", "/callback$", 0.05)
    rig.server.rate_limit_next("PATCH", "/messages/@original$", 0.05)
    given = await rig.server.slash(rig.channel, rig.mina, "chat", {"text": "비밀이야"})
    (taken,) = await rig.taken()
    rig.server.fail_next("PATCH", "/messages/@original$", 503)
    with pytest.raises(DeliveryDelayed):
        await adapter.deliver(outgoing(taken, "비밀 지킬게"))
    captured = capfd.readouterr()
    everything = captured.out + captured.err + caplog.text
    assert "rate limited" in everything
    for secret in (given.token, rig.server.token, "비밀이야", "비밀 지킬게"):
        assert secret not in everything
