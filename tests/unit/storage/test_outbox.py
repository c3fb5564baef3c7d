import asyncio

import pytest

from storage.database import Storage
from storage.errors import RecordMissing
from storage.records import OutboxRecord, OutboxState
from tests.unit.storage.scene import Scene, after


async def due(scene: Scene, at: float = 0, limit: int = 10) -> list[int]:
    async with scene.storage.read() as work:
        return [row.id for row in await work.outbox.due(scene.platform, after(at), limit)]


async def begin(scene: Scene, outbox_id: int, at: float = 0) -> OutboxRecord | None:
    async with scene.storage.work() as work:
        return await work.outbox.mark_sending(outbox_id, after(at), after(at + 30))


async def test_a_replay_cannot_put_a_message_out_twice(scene: Scene) -> None:
    message = await scene.say(epoch=3)
    async with scene.storage.work() as work:
        first = await scene.send(work, inbox_id=message.id, turn_id="t1")
        again = await scene.send(work, "another text", inbox_id=message.id, turn_id="t2")
        notice = await scene.send(work, inbox_id=message.id, kind="notice")
        second = await scene.send(work, inbox_id=message.id, ordinal=1)
        same_nonce = await scene.send(work, "x", nonce=first.nonce)
    assert again == first == same_nonce
    assert len({first.id, notice.id, second.id}) == 3
    assert (first.person_id, first.epoch, first.state) == (scene.person_id, 3, OutboxState.PENDING)
    assert (first.place, first.route) == ({"channel_id": "chat-mina"}, {"reply_to": 3})
    async with scene.storage.read() as work:
        assert [row.id for row in await work.outbox.by_inbox(message.id)] == [first.id, notice.id, second.id]
        assert await work.outbox.unsent_total() == 3


async def test_messages_leave_in_order_within_a_conversation(storage: Storage) -> None:
    mina, jun = await Scene.server(storage, "mina"), await Scene.server(storage, "jun")
    async with storage.work() as work:
        first, second, other = await mina.send(work, "1"), await mina.send(work, "2"), await jun.send(work, "3")
    assert await due(mina) == [first.id, other.id]
    assert await due(mina, limit=1) == [first.id]
    await begin(mina, first.id)
    assert await due(mina) == [other.id]
    async with storage.work() as work:
        await work.outbox.mark_sent(first.id, {"message_id": "9"}, after(1))
    assert await due(mina) == [second.id, other.id]
    web = await Scene.direct(storage, "web")
    assert await due(web) == []


async def test_a_try_is_counted_and_taken_by_one_sender(scene: Scene) -> None:
    async with scene.storage.work() as work:
        row = await scene.send(work)
    begun = [found for found in await asyncio.gather(*(begin(scene, row.id) for _ in range(4))) if found]
    assert [(found.id, found.attempts, found.state) for found in begun] == [(row.id, 1, OutboxState.SENDING)]
    assert await due(scene, at=29) == []
    assert await due(scene, at=30) == [row.id]
    again = await begin(scene, row.id, at=30)
    assert again is not None
    assert again.attempts == 2


async def test_a_delayed_message_holds_its_conversation_until_its_time(scene: Scene) -> None:
    async with scene.storage.work() as work:
        first = await scene.send(work)
        second = await scene.send(work)
    await begin(scene, first.id)
    async with scene.storage.work() as work:
        await work.outbox.retry_at(first.id, after(10))
        assert await work.outbox.next_due_at("telegram") == after(10)
        assert await work.outbox.next_due_at("web") is None
    assert await due(scene, at=9) == []
    assert await due(scene, at=10) == [first.id]
    async with scene.storage.work() as work:
        await work.outbox.mark_failed(first.id, "403", after(11))
        failed = await work.outbox.get(first.id)
    assert (failed.state, failed.failure, failed.settled_at) == (OutboxState.FAILED, "403", after(11))
    assert await due(scene, at=12) == [second.id]
    assert await begin(scene, first.id, at=99) is None


async def test_a_face_follows_its_text_with_the_receipt(scene: Scene) -> None:
    message = await scene.say()
    async with scene.storage.work() as work:
        text = await scene.send(work, inbox_id=message.id, kind="text")
        face = await scene.send(work, "", inbox_id=message.id, kind="face", after_id=text.id)
        await work.outbox.mark_sending(text.id, after(0), after(30))
        await work.outbox.mark_sent(text.id, {"message_id": "42"}, after(1))
        [found] = await work.outbox.due("telegram", after(2), 10)
    assert (found.id, found.after_receipt) == (face.id, {"message_id": "42"})


async def test_a_held_reply_goes_with_its_face_or_alone_after_its_time(scene: Scene) -> None:
    first, second = await scene.say(), await scene.say()
    async with scene.storage.work() as work:
        reply = await scene.send(work, inbox_id=first.id, not_before=after(5))
    assert await due(scene, at=4.9) == []
    assert await due(scene, at=5) == [reply.id]
    async with scene.storage.work() as work:
        assert await work.outbox.attach_image(reply.id, 77)
        assert (await work.outbox.get(reply.id)).image_id == 77
    assert await due(scene) == [reply.id]
    await begin(scene, reply.id)
    async with scene.storage.work() as work:
        assert not await work.outbox.attach_image(reply.id, 78)
        await work.outbox.mark_sent(reply.id, {}, after(6))
        held = await scene.send(work, inbox_id=second.id, not_before=after(50))
        await work.outbox.release_hold(second.id)
    assert await due(scene) == [held.id]


async def test_what_a_dead_process_was_sending_is_due_again_at_once(scene: Scene) -> None:
    async with scene.storage.work() as work:
        row = await scene.send(work)
    await begin(scene, row.id)
    async with scene.storage.work() as work:
        assert await work.outbox.recover("web") == 0
        assert await work.outbox.recover("telegram") == 1
    assert await due(scene) == [row.id]
    again = await begin(scene, row.id)
    assert again is not None
    assert again.attempts == 2


async def test_what_is_not_kept_cannot_be_settled(scene: Scene) -> None:
    async with scene.storage.work() as work:
        with pytest.raises(RecordMissing):
            await work.outbox.mark_sent(5, {}, after(0))
        with pytest.raises(RecordMissing):
            await work.outbox.get(5)
        with pytest.raises(RecordMissing):
            await scene.send(work, inbox_id=999)
