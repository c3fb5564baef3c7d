"""What she answers on Discord: shown once, as a reply, with her face, whatever goes wrong on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import DeliveryDelayed, DeliveryRefused, Place
from tests.e2e.discord_rig import NONCE, PNG, DiscordRig, face, outgoing


@pytest.fixture
async def rig() -> AsyncIterator[DiscordRig]:
    async with DiscordRig() as made:
        yield made


async def test_a_reply_carries_text_face_and_alt_text_and_pings_nobody(rig: DiscordRig, tmp_path: Path) -> None:
    adapter = await rig.start()
    heard = await rig.heard()
    delivered = await adapter.deliver(outgoing(heard, "응, <@1> @everyone 안녕!", picture=face(tmp_path)))
    (sent,) = rig.server.sent
    assert delivered.receipt == {"channel_id": str(rig.direct.id), "message_id": sent["id"], "via": "channel"}
    assert sent["content"] == "응, <@1> @everyone 안녕!"
    assert sent["message_reference"]["message_id"] == heard.message_id
    assert sent["message_reference"]["fail_if_not_exists"] is False
    (attachment,) = sent["attachments"]
    assert attachment["description"] == "크게 웃고 있는 오로라"
    assert rig.server.uploads[attachment["id"]].content == PNG
    (call,) = rig.server.calls_of("POST", "/messages$")
    assert call.payload["allowed_mentions"] == {"parse": [], "replied_user": False}
    assert (call.payload["nonce"], call.payload["enforce_nonce"]) == (NONCE, True)


async def test_the_same_message_sent_twice_is_shown_once(rig: DiscordRig, tmp_path: Path) -> None:
    adapter = await rig.start()
    message = outgoing(await rig.heard(), picture=face(tmp_path))
    first = await adapter.deliver(message)
    assert await adapter.deliver(message) == first
    assert len(rig.server.sent) == 1


@pytest.mark.parametrize("history_has_nonce", [True, False])
async def test_after_a_restart_the_channel_is_looked_at_before_sending(
    rig: DiscordRig, tmp_path: Path, history_has_nonce: bool
) -> None:
    rig.server.history_has_nonce = history_has_nonce
    rig.server.remembers_nonces = False  # the pause was too long for Discord to know the nonce
    adapter = await rig.start()
    message = outgoing(await rig.heard(), "  긴 하루였어 ", picture=face(tmp_path))
    first = await adapter.deliver(message)
    adapter = await rig.restart()
    assert await adapter.deliver(replace(message, first_try=False)) == first
    assert len(rig.server.sent) == 1


async def test_a_like_answer_to_another_message_is_not_mistaken_for_it(rig: DiscordRig) -> None:
    rig.server.remembers_nonces = False
    adapter = await rig.start()
    first, second = await rig.heard(), await rig.heard()
    await adapter.deliver(outgoing(first, nonce="a" * 24))
    await adapter.deliver(outgoing(second, nonce="b" * 24, first_try=False))
    assert [sent["message_reference"]["message_id"] for sent in rig.server.sent] == [
        first.message_id,
        second.message_id,
    ]


async def test_an_answer_lost_on_the_way_back_is_not_shown_again(rig: DiscordRig) -> None:
    adapter = await rig.start()
    message = outgoing(await rig.heard())
    rig.server.fail_next("POST", "/messages$", 500, after_work=True)
    await adapter.deliver(message)  # the library tries again by itself; the nonce keeps it to one
    rig.server.remembers_nonces = False
    rig.server.fail_next("POST", "/messages$", 503, after_work=True)
    other = outgoing(await rig.heard(), "또 만나", nonce="b" * 24)
    with pytest.raises(DeliveryDelayed):
        await adapter.deliver(other)
    await adapter.deliver(replace(other, first_try=False))
    assert [sent["content"] for sent in rig.server.sent] == ["응, 안녕!", "또 만나"]


async def test_a_rate_limit_is_waited_out(rig: DiscordRig) -> None:
    adapter = await rig.start()
    message = outgoing(await rig.heard())
    rig.server.rate_limit_next("POST", "/messages$", 0.2)
    await adapter.deliver(message)
    assert [call.status for call in rig.server.calls_of("POST", "/messages$")] == [429, 200]
    assert len(rig.server.sent) == 1


async def test_a_long_rate_limit_and_an_outage_delay_the_message(rig: DiscordRig) -> None:
    adapter = await rig.start()
    message = outgoing(await rig.heard())
    rig.server.rate_limit_next("POST", "/messages$", 600)
    with pytest.raises(DeliveryDelayed) as limited:
        await adapter.deliver(message)
    assert limited.value.retry_after_s == 600
    rig.server.fail_next("POST", "/messages$", 503)
    with pytest.raises(DeliveryDelayed):
        await adapter.deliver(message)


@pytest.mark.parametrize(
    ("refusal", "words"),
    [((403, 50013, "Missing Permissions"), "Send Messages"), ((404, 10003, "Unknown Channel"), "channel is gone")],
)
async def test_a_refusal_says_what_to_do(rig: DiscordRig, refusal: tuple[int, int, str], words: str) -> None:
    adapter = await rig.start()
    heard = await rig.heard()
    rig.direct.refuses = refusal
    with pytest.raises(DeliveryRefused, match=words):
        await adapter.deliver(outgoing(heard))


async def test_a_face_that_comes_later_joins_its_text(rig: DiscordRig, tmp_path: Path) -> None:
    adapter = await rig.start()
    heard = await rig.heard()
    first = await adapter.deliver(outgoing(heard, "먼저 말할게", kind="text"))
    later = outgoing(heard, "", kind="face", picture=face(tmp_path), nonce="b" * 24, after=first.receipt)
    assert (await adapter.deliver(later)).receipt == first.receipt
    await adapter.deliver(replace(later, first_try=False))
    (sent,) = rig.server.sent
    assert sent["content"] == "먼저 말할게"
    assert [each["description"] for each in sent["attachments"]] == ["크게 웃고 있는 오로라"]


async def test_a_face_whose_text_was_deleted_is_dropped(rig: DiscordRig, tmp_path: Path) -> None:
    adapter = await rig.start()
    heard = await rig.heard()
    first = await adapter.deliver(outgoing(heard, "먼저 말할게", kind="text"))
    rig.direct.messages.pop()
    with pytest.raises(DeliveryRefused, match="message is gone"):
        await adapter.deliver(outgoing(heard, "", kind="face", picture=face(tmp_path), after=first.receipt))


async def test_a_long_text_goes_in_pieces_and_is_recovered_piece_by_piece(rig: DiscordRig, tmp_path: Path) -> None:
    rig.server.remembers_nonces = False
    adapter = await rig.start()
    text = "\n".join(f"{number}번째 줄이야." * 20 for number in range(20))
    message = outgoing(await rig.heard(), text, picture=face(tmp_path))
    await adapter.deliver(message)
    pieces = [sent["content"] for sent in rig.server.sent]
    assert len(pieces) > 1
    assert "\n".join(pieces) == text
    assert [bool(sent["attachments"]) for sent in rig.server.sent] == [False] * (len(pieces) - 1) + [True]
    rig.direct.messages.pop()  # as if the bot had died before the last piece
    await adapter.deliver(replace(message, first_try=False))
    assert [sent["content"] for sent in rig.server.sent] == pieces


async def test_a_face_that_is_too_large_or_gone_leaves_the_text(rig: DiscordRig, tmp_path: Path) -> None:
    adapter = await rig.start()
    heard = await rig.heard()
    await adapter.deliver(outgoing(heard, "너무 커", picture=face(tmp_path, size=10 * 1024 * 1024)))
    gone = face(tmp_path)
    gone.path.unlink()
    await adapter.deliver(outgoing(heard, "없어졌어", picture=gone, nonce="b" * 24))
    assert [(sent["content"], sent["attachments"]) for sent in rig.server.sent] == [("너무 커", []), ("없어졌어", [])]
    with pytest.raises(DeliveryRefused):
        await adapter.deliver(outgoing(heard, "", picture=gone, nonce="c" * 24))


async def test_without_the_right_to_read_history_she_writes_without_replying(rig: DiscordRig) -> None:
    adapter = await rig.start()
    heard = await rig.heard()
    rig.server.hides_history = True
    rig.server.refuse_replies = True
    await adapter.deliver(replace(outgoing(heard), first_try=False))
    (sent,) = rig.server.sent
    assert "message_reference" not in sent


async def test_a_message_without_a_route_goes_to_its_place(rig: DiscordRig) -> None:
    adapter = await rig.start()
    heard = await rig.heard()
    place = Place("discord", str(rig.guild.id), "server", str(rig.channel.id))
    await adapter.deliver(replace(outgoing(heard, kind="notice"), place=place, route={}))
    assert rig.channel.messages[-1]["content"] == "응, 안녕!"


async def test_typing_is_shown_until_the_last_answer_is_made(rig: DiscordRig) -> None:
    adapter = await rig.start()
    place = (await rig.heard()).place
    await adapter.typing(place, active=True)
    await adapter.typing(place, active=True)
    await rig.server.until(lambda: rig.server.typings)
    await adapter.typing(place, active=False)
    await adapter.typing(place, active=False)
    await adapter.typing(Place("discord", "none", "direct", "none"), active=True)
    assert rig.server.typings == [rig.direct.id]


async def test_nothing_is_lost_before_she_is_connected(rig: DiscordRig) -> None:
    adapter = await rig.start()
    heard = await rig.heard()
    await rig.stop()
    with pytest.raises(DeliveryDelayed):
        await adapter.deliver(outgoing(heard))
