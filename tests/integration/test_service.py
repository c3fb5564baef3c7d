"""From the front desk to the adapter and back, with a small engine: order, limits, blocks, failures, restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App, open_app
from bot.chat import DeliveryDelayed, DeliveryRefused, OutgoingMessage, Taken
from bot.settings import Settings
from storage.records import InboxState
from tests.fakes import START, FakeAdapter, FakeClock, FakeEngine, FakeLoadedEngine, message


@asynccontextmanager
async def service(
    folder: Path, engine: FakeEngine, adapter: FakeAdapter, clock: FakeClock | None = None, **settings: object
) -> AsyncIterator[App]:
    values = {"data_dir": folder, "lease_s": 2.0, "stop_grace_s": 2.0, "face_grace_s": 5.0, **settings}

    async def load(_: Settings) -> FakeLoadedEngine:
        return FakeLoadedEngine(engine)

    configured = Settings(_env_file=None, **values)  # type: ignore[call-arg]
    async with open_app(configured, load, lambda _: (adapter,), now=clock or FakeClock()) as app:
        yield app


async def until(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_message_is_answered_once_with_words_and_face(tmp_path: Path) -> None:
    engine, adapter = FakeEngine(), FakeAdapter()
    async with service(tmp_path, engine, adapter) as app:
        assert await app.desk.take(message("안녕", message_id="1")) is Taken.ACCEPTED
        assert await app.desk.take(message("안녕", message_id="1")) is Taken.DUPLICATE
        await until(lambda: len(adapter.delivered) == 1)
        await asyncio.sleep(0.3)
    [reply] = adapter.delivered
    assert (reply.kind, reply.text, reply.first_try) == ("reply", "답: 안녕", True)
    assert reply.picture is not None
    assert reply.picture.path.read_bytes().startswith(b"\x89PNG")
    assert "크게" in reply.picture.alt_text
    assert adapter.typing_signs == [True, False]
    assert engine.answered == ["안녕"]


async def test_text_goes_first_when_the_face_is_late(tmp_path: Path) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(show_delay_s=0.8), adapter, face_grace_s=0.1) as app:
        await app.desk.take(message("안녕", message_id="1"))
        await until(lambda: len(adapter.delivered) == 2)
    text, face = adapter.delivered
    assert (text.kind, text.text, text.picture) == ("text", "답: 안녕", None)
    assert face.kind == "face"
    assert face.picture is not None
    assert face.after == {"message_id": 1}
    assert text.nonce != face.nonce


async def test_order_holds_in_a_conversation_and_others_overtake(tmp_path: Path) -> None:
    engine, adapter = FakeEngine(delay_s=0.1), FakeAdapter()
    async with service(tmp_path, engine, adapter, queue_per_conversation=10) as app:
        for number in range(5):
            await app.desk.take(message(f"말 {number}", message_id=f"a{number}", user="minsu"))
        await app.desk.take(message("나는 다른 사람", message_id="b0", user="jiwoo"))
        await until(lambda: len(adapter.delivered) == 6)
    assert adapter.texts("minsu") == [f"답: 말 {number}" for number in range(5)]
    assert adapter.texts()[0:3].count("답: 나는 다른 사람") == 1


async def test_forty_conversations_at_once_never_mix(tmp_path: Path) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(delay_s=0.01), adapter, queue_per_conversation=5) as app:
        messages = [
            message(f"{user}의 말 {number}", message_id=f"{user}-{number}", user=f"u{user}")
            for number in range(3)
            for user in range(40)
        ]
        for item in messages:
            assert await app.desk.take(item) is Taken.ACCEPTED
        await until(lambda: len(adapter.delivered) == 120, 60)
    for user in range(40):
        assert adapter.texts(f"u{user}") == [f"답: {user}의 말 {number}" for number in range(3)]


async def test_a_full_queue_is_told_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    engine, adapter = FakeEngine(delay_s=0.3), FakeAdapter()
    async with service(tmp_path, engine, adapter, queue_per_conversation=2) as app:
        taken = [await app.desk.take(message(f"말 {n}", message_id=str(n))) for n in range(6)]
        await until(lambda: len(adapter.delivered) == 6)
    refused = taken.count(Taken.REFUSED)
    assert refused >= 3
    assert [m.kind for m in adapter.delivered].count("notice") == refused
    assert len(engine.answered) == 6 - refused


@pytest.mark.parametrize(
    ("text", "attachment", "words"),
    [("   ", "none", "글로"), ("", "sticker", "글만"), ("", "image", "글만")],
)
async def test_what_has_no_words_gets_a_short_answer(tmp_path: Path, text: str, attachment: str, words: str) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(), adapter) as app:
        assert await app.desk.take(message(text, message_id="1", attachment=attachment)) is Taken.REFUSED
        await until(lambda: len(adapter.delivered) == 1)
    assert words in adapter.delivered[0].text


async def test_an_insult_blocks_the_person_in_the_channel_alone(tmp_path: Path) -> None:
    engine, adapter, clock = FakeEngine(), FakeAdapter(), FakeClock()
    async with service(tmp_path, engine, adapter, clock) as app:
        await app.desk.take(message("욕", message_id="1", kind="server", channel="general"))
        await until(lambda: len(adapter.delivered) == 1)
        assert "7일" in adapter.texts()[0]
        assert "2026.03.09 12:00:00" in adapter.texts()[0]
        again = await app.desk.take(message("미안", message_id="2", kind="server", channel="general"))
        assert again is Taken.REFUSED
        await app.desk.take(message("여긴 돼?", message_id="3", kind="server", channel="other"))
        await app.desk.take(message("나는?", message_id="4", user="jiwoo", kind="server", channel="general"))
        await until(lambda: len(adapter.delivered) == 4)
    assert "2026.03.09 12:00:00" in adapter.texts("minsu")[1]
    assert "답: 여긴 돼?" in adapter.texts("minsu")
    assert "답: 나는?" in adapter.texts("jiwoo")

    # The block outlives the restart, and ends when it said it would.
    late = START + timedelta(days=7, seconds=1)
    async with service(tmp_path, engine, adapter, clock) as app:
        blocked = await app.desk.take(message("아직?", message_id="5", kind="server", channel="general"))
        assert blocked is Taken.REFUSED
        free = await app.desk.take(message("이제?", message_id="6", kind="server", channel="general", sent_at=late))
        assert free is Taken.ACCEPTED
        await until(lambda: "답: 이제?" in adapter.texts())


async def test_a_warning_comes_once_and_then_a_block(tmp_path: Path) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(), adapter) as app:
        await app.desk.take(message("사랑 1", message_id="1"))
        await until(lambda: len(adapter.delivered) == 2)
        assert "🚨" in adapter.texts()[0]
        assert adapter.texts()[1] == "답: 사랑 1"
        later = START + timedelta(minutes=5)
        await app.desk.take(message("사랑 2", message_id="2", sent_at=later))
        await until(lambda: len(adapter.delivered) == 3)
    assert "⛔" in adapter.texts()[2]
    assert "1시간" in adapter.texts()[2]


async def test_a_message_that_breaks_three_times_is_set_aside_and_the_next_is_served(tmp_path: Path) -> None:
    engine, adapter, clock = FakeEngine(), FakeAdapter(), FakeClock()
    async with service(tmp_path, engine, adapter, clock) as app:
        await app.desk.take(message("고장 난 말", message_id="1"))
        await app.desk.take(message("괜찮은 말", message_id="2"))
        await app.desk.take(message("다른 사람", message_id="3", user="jiwoo"))
        await until(lambda: len(adapter.delivered) == 3, 20)
        async with app.storage.read() as work:
            broken = await work.inbox.find("telegram", "dm-minsu", "1")
    assert broken is not None
    assert broken.state is InboxState.SET_ASIDE
    assert engine.answered.count("고장 난 말") == 3
    assert adapter.texts("jiwoo") == ["답: 다른 사람"]
    told, answered = adapter.texts("minsu")
    assert "답할 수가 없었어" in told
    assert answered == "답: 괜찮은 말"


async def test_a_face_that_breaks_three_times_leaves_the_words(tmp_path: Path) -> None:
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(), adapter) as app:
        await app.desk.take(message("얼굴고장", message_id="1"))
        await app.desk.take(message("다음", message_id="2"))
        await until(lambda: len(adapter.delivered) == 2, 20)
    assert adapter.texts() == ["답: 얼굴고장", "답: 다음"]


async def test_forgetting_while_she_thinks_leaves_nothing_behind(tmp_path: Path) -> None:
    engine, adapter = FakeEngine(delay_s=0.5), FakeAdapter()
    async with service(tmp_path, engine, adapter) as app:
        await app.desk.take(message("기억 비밀 이야기", message_id="1"))
        await until(lambda: len(engine.seen_turns) == 1)
        async with app.storage.work() as work:
            account = await work.people.find("telegram", "minsu")
            assert account is not None
            await work.people.raise_epoch(account.person_id)
        await until(lambda: len(adapter.delivered) == 1)
        async with app.storage.read() as work:
            space = await work.spaces.find("telegram", "dm-minsu")
            assert space is not None
            assert await work.memory.entries(account.person_id, space.id) == []


async def test_delivery_is_tried_again_later_and_given_up_when_refused(tmp_path: Path) -> None:
    adapter = FakeAdapter()
    failures: list[Exception] = [DeliveryDelayed("slow down", 0.2)]
    tries: list[bool] = []

    def fail(outgoing: OutgoingMessage) -> Exception | None:
        tries.append(outgoing.first_try)
        if "거절" in outgoing.text:
            return DeliveryRefused("the chat is gone")
        return failures.pop() if failures else None

    adapter.fail = fail
    async with service(tmp_path, FakeEngine(), adapter) as app:
        await app.desk.take(message("안녕", message_id="1"))
        await until(lambda: len(adapter.delivered) == 1)
        await app.desk.take(message("거절", message_id="2"))
        await app.desk.take(message("그다음", message_id="3"))
        await until(lambda: len(adapter.delivered) == 2)
    assert adapter.texts() == ["답: 안녕", "답: 그다음"]
    assert tries == [True, False, True, True]


async def test_a_stop_finishes_the_turn_in_hand(tmp_path: Path) -> None:
    engine, adapter = FakeEngine(delay_s=0.3), FakeAdapter()
    async with service(tmp_path, engine, adapter) as app:
        await app.desk.take(message("안녕", message_id="1"))
        await until(lambda: len(engine.seen_turns) == 1)
    async with service(tmp_path, engine, adapter):
        await until(lambda: len(adapter.delivered) == 1)
    assert engine.answered == ["안녕"]


async def test_the_sweep_takes_old_texts_and_pictures_and_leaves_memory(tmp_path: Path) -> None:
    adapter, clock = FakeAdapter(), FakeClock()
    keep = {"text_days": 10, "picture_days": 10}
    async with service(tmp_path, FakeEngine(), adapter, clock, **keep) as app:
        await app.desk.take(message("기억 고양이 이름은 나비", message_id="1"))
        await until(lambda: len(adapter.delivered) == 1)
    clock.advance(timedelta(days=11))
    async with service(tmp_path, FakeEngine(), adapter, clock, **keep) as app:
        await until(lambda: not list((tmp_path / "pictures").glob("*.png")))
        async with app.storage.read() as work:
            row = await work.inbox.find("telegram", "dm-minsu", "1")
            assert row is not None
            assert row.text == ""
            [entry] = await work.memory.entries(row.person_id, row.space_id)
    assert entry.value == "고양이 이름은 나비"
