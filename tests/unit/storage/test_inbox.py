import asyncio

import pytest

from storage.database import Storage
from storage.errors import LeaseLost, RecordMissing
from storage.records import InboxRecord, InboxState
from tests.unit.storage.scene import NOW, Scene, after


async def claim(scene: Scene, owner: str = "w1", at: float = 0, limit: int = 10, **more: object) -> list[InboxRecord]:
    async with scene.storage.work() as work:
        return await work.inbox.claim(owner, after(at), 60, limit, **more)  # type: ignore[arg-type]


async def settle(scene: Scene, inbox_id: int, state: str, owner: str | None = "w1") -> InboxRecord:
    async with scene.storage.work() as work:
        return await work.inbox.set_state(inbox_id, state, after(1), owner=owner)


async def test_a_message_is_taken_once(scene: Scene) -> None:
    row = scene.incoming("내일 봐", route={"token": "x", "n": 1}, place={"kind": "direct"}, author={"name": "미나"})
    async with scene.storage.work() as work:
        first, created = await work.inbox.add(row)
    async with scene.storage.work() as work:
        second, created_again = await work.inbox.add(row)
    assert (created, created_again) == (True, False)
    assert first == second
    assert (first.text, first.route, first.state) == ("내일 봐", {"token": "x", "n": 1}, InboxState.WAITING)
    assert first.sent_at == NOW
    assert first.sent_at.utcoffset() is not None


async def test_a_message_handed_over_many_times_at_once_is_taken_once(scene: Scene) -> None:
    row = scene.incoming()

    async def take() -> bool:
        async with scene.storage.work() as work:
            return (await work.inbox.add(row))[1]

    assert sorted(await asyncio.gather(*(take() for _ in range(8)))) == [False] * 7 + [True]


async def test_the_same_message_id_in_another_chat_is_another_message(scene: Scene) -> None:
    here = await scene.say(message_id="1")
    there = await scene.say(message_id="1", chat_id="elsewhere")
    assert here.id != there.id


async def test_only_the_oldest_of_a_conversation_is_claimed(storage: Storage) -> None:
    mina, jun = await Scene.server(storage, "mina"), await Scene.server(storage, "jun")
    first, second, other = await mina.say("1"), await mina.say("2"), await jun.say("3")
    claimed = await claim(mina)
    assert [row.id for row in claimed] == [first.id, other.id]
    assert {row.state for row in claimed} == {InboxState.CLAIMED}
    assert {row.attempts for row in claimed} == {1}
    assert await claim(mina, "w2") == []
    await settle(mina, first.id, "done")
    assert [row.id for row in await claim(mina, "w2")] == [second.id]


async def test_claims_are_limited_and_can_leave_conversations_and_platforms_out(storage: Storage) -> None:
    people = [await Scene.server(storage, name) for name in ("a", "b", "c")]
    rows = [await person.say() for person in people]
    assert await claim(people[0], platforms=["web"]) == []
    assert [row.id for row in await claim(people[0], limit=1, platforms=["discord"])] == [rows[0].id]
    rest = await claim(people[0], exclude_conversations=[people[1].conversation_id])
    assert [row.id for row in rest] == [rows[2].id]


async def test_a_lease_that_ran_out_is_claimed_again_and_counted(scene: Scene) -> None:
    row = await scene.say()
    await claim(scene, "dead")
    assert await claim(scene, "w1", at=59) == []
    [again] = await claim(scene, "w1", at=60)
    assert (again.id, again.attempts, again.lease_owner) == (row.id, 2, "w1")


async def test_a_lease_is_renewed_only_for_its_owner(scene: Scene) -> None:
    row = await scene.say()
    await claim(scene)
    async with scene.storage.work() as work:
        assert await work.inbox.renew([row.id], "w2", after(500)) == set()
        assert await work.inbox.renew([row.id, 999], "w1", after(500)) == {row.id}
    assert await claim(scene, "w2", at=400) == []


async def test_the_second_half_of_an_answered_message_is_claimed_after_its_lease(scene: Scene) -> None:
    first = await scene.say()
    await scene.say()
    await claim(scene)
    kept = await settle(scene, first.id, "answered")
    assert (kept.lease_owner, kept.lease_until, kept.finished_at) == ("w1", after(60), None)
    assert await claim(scene, "w2", at=30) == []
    [half] = await claim(scene, "w2", at=61)
    assert (half.id, half.state, half.attempts) == (first.id, InboxState.ANSWERED, 2)


async def test_a_worker_whose_lease_was_taken_over_is_told_so(scene: Scene) -> None:
    row = await scene.say()
    await claim(scene)
    await claim(scene, "w2", at=100)
    with pytest.raises(LeaseLost, match="no longer leased"):
        await settle(scene, row.id, "answered", "w1")
    done = await settle(scene, row.id, "done", "w2")
    assert (done.state, done.lease_owner, done.finished_at) == (InboxState.DONE, None, after(1))
    with pytest.raises(LeaseLost):
        await settle(scene, row.id, "done", "w2")
    with pytest.raises(RecordMissing):
        await settle(scene, 999, "done", None)


async def test_a_graceful_stop_gives_messages_back_uncounted(storage: Storage) -> None:
    people = [await Scene.server(storage, name) for name in ("a", "b", "c")]
    rows = [await person.say() for person in people]
    await claim(people[0])
    await settle(people[1], rows[1].id, "answered")
    await settle(people[2], rows[2].id, "done")
    async with storage.work() as work:
        assert await work.inbox.release("w2") == 0
        assert await work.inbox.release("w1") == 2
    again = await claim(people[0], "w2")
    assert [(row.id, row.state, row.attempts) for row in again] == [
        (rows[0].id, InboxState.CLAIMED, 1),
        (rows[1].id, InboxState.ANSWERED, 1),
    ]


async def test_a_message_to_try_again_waits_for_its_time_and_keeps_its_place(scene: Scene) -> None:
    first = await scene.say()
    await scene.say()
    await claim(scene)
    async with scene.storage.work() as work:
        await work.inbox.try_again(first.id, after(5))
    assert await claim(scene, at=4) == []
    [again] = await claim(scene, at=5)
    assert (again.id, again.attempts) == (first.id, 2)


async def test_a_refused_message_is_settled_and_counts_no_more(scene: Scene) -> None:
    await scene.say()
    refused = await scene.say()
    async with scene.storage.work() as work:
        assert (await work.inbox.waiting(scene.conversation_id), await work.inbox.waiting_total()) == (2, 2)
        kept = await work.inbox.set_state(refused.id, InboxState.REFUSED, NOW, refusal="queue_full")
        assert (kept.refusal, kept.finished_at) == ("queue_full", NOW)
        assert await work.inbox.waiting(scene.conversation_id) == 1
        assert await work.inbox.waiting(scene.conversation_id + 1) == 0
    await claim(scene)
    async with scene.storage.read() as work:
        assert await work.inbox.waiting_total() == 0
        assert await work.inbox.unfinished_total() == 1


async def test_claimers_at_once_never_take_the_same_message(storage: Storage) -> None:
    people = [await Scene.server(storage, f"p{number}") for number in range(12)]
    for person in people:
        await person.say()
        await person.say()

    async def worker(name: str) -> list[int]:
        mine: list[int] = []
        for _ in range(6):
            mine += [row.id for row in await claim(people[0], name, limit=3)]
            await asyncio.sleep(0)
        return mine

    taken = [row for rows in await asyncio.gather(*(worker(f"w{n}") for n in range(4))) for row in rows]
    assert len(taken) == len(set(taken)) == 12


async def test_texts_that_no_database_takes_are_made_storable(scene: Scene) -> None:
    row = await scene.say("a\x00b\ud83d", route={"nul": "x\x00", "half": "\udc00"})
    assert row.text == "a\ufffdb\ufffd"
    assert row.route["half"] == "\ufffd"


async def test_a_later_message_cannot_be_committed_before_an_earlier_one(scene: Scene) -> None:
    async def second() -> int:
        return (await scene.say("둘")).id

    async with scene.storage.work() as work:
        first, _ = await work.inbox.add(scene.incoming("하나"))
        overtaking = asyncio.create_task(second())
        await asyncio.sleep(0.15)
        assert not overtaking.done()
    assert await overtaking > first.id
