import json
from datetime import date

import pytest
from sqlalchemy import select

from storage.database import Storage
from storage.records import InboxState, OutboxState
from storage.tables import metadata
from tests.unit.storage.scene import NOW, Scene, after

DAY = date(2026, 7, 6)


async def live(scene: Scene, canary: str) -> tuple[int, str]:
    """Have a full exchange with `canary` in every text; return the inbox id and the turn id."""
    message = await scene.say(canary, author={"name": canary}, place={"name": canary}, route={"token": canary})
    turn = await scene.answer(message.id, answer=canary, notice=canary, trace={"c": canary}, show_request={"t": canary})
    async with scene.storage.work() as work:
        entry = await work.memory.add(scene.person_id, scene.space_id, canary, canary, DAY, None)
        await work.memory.save_embedding(entry.id, "th", "mh", canary.encode())
        await work.summaries.put(scene.person_id, scene.conversation_id, canary, turn.id, NOW)
        image = await work.images.add(
            turn.id, scene.person_id, f"/{canary}.png", "image/png", 8, 8, canary, canary, canary, NOW
        )
        await work.turns.complete(turn.id, canary, {"eyes": canary}, image.id, {}, NOW)
        await scene.send(
            work,
            canary,
            inbox_id=message.id,
            image_id=image.id,
            place={"n": canary},
            author={"n": canary},
            route={"t": canary},
        )
        await work.people.set_preferences(scene.person_id, settings={"note": canary}, timezone=canary, hue=0.5)
        await work.audit.add(NOW, "discord", "77", "모더", "note", scene.space_id, scene.person_id, {"reason": canary})
        await work.audit.add(NOW, scene.platform, scene.account_id, canary, "settings", scene.space_id, None, {})
    return message.id, turn.id


async def everything(storage: Storage) -> str:
    """Return every value of every table as one text."""
    async with storage._engine.connect() as connection:
        rows = [row for table in metadata.sorted_tables for row in await connection.execute(select(table))]
    return repr([tuple(row) for row in rows])


async def test_erasing_leaves_no_text_and_touches_nobody_else(storage: Storage) -> None:
    mina, jun = await Scene.direct(storage, "mina"), await Scene.direct(storage, "jun")
    await live(mina, "CANARY")
    await live(jun, "KEPT")
    assert (await everything(storage)).count("CANARY") > 20
    kept_before = (await everything(storage)).count("KEPT")
    async with storage.work() as work:
        assert await work.people.erase(mina.person_id, after(9)) == ["/CANARY.png"]
    left = await everything(storage)
    assert "CANARY" not in left
    assert "Mina" not in left
    assert "Chat with mina" not in left
    assert left.count("KEPT") == kept_before
    async with storage.read() as work:
        person = await work.people.person(mina.person_id)
        assert (person.epoch, person.erased_epoch, person.hue) == (1, 1, None)
        assert await work.people.find("telegram", "mina") is None
        assert await work.people.find("telegram", "jun") is not None


async def test_a_block_outlives_an_erasure_and_its_text_does_not(storage: Storage) -> None:
    mina = await Scene.direct(storage, "mina")
    async with storage.work() as work:
        block = await mina.punish(work, reason="SECRET")
        event = await mina.judge(work, evidence_hash="SECRET")
        await work.ethics.overturn(event, "discord:77", "SECRET", NOW)
        await work.people.erase(mina.person_id, NOW)
    assert "SECRET" not in await everything(storage)
    async with storage.work() as work:
        again = await work.people.account("telegram", "mina", "Mina", "ko", after(5))
        assert again.person_id == mina.person_id
        assert [found.id for found in await work.ethics.active_blocks(mina.person_id, mina.space_id, after(5))] == [
            block
        ]
        [kept] = await work.ethics.events(mina.person_id, None)
        assert (kept.id, kept.level, kept.evidence_hash, kept.overturn_reason) == (event, 1, None, "")


async def test_messages_that_wait_are_dropped_and_an_erased_message_is_not_taken_anew(scene: Scene) -> None:
    row = scene.incoming("텍스트")
    async with scene.storage.work() as work:
        waiting, _ = await work.inbox.add(row)
        pending = await scene.send(work, inbox_id=waiting.id)
        await work.people.erase(scene.person_id, after(3))
        kept = await work.inbox.get(waiting.id)
        assert (kept.state, kept.refusal, kept.text, kept.finished_at) == (
            InboxState.SET_ASIDE,
            "erased",
            "",
            after(3),
        )
        assert (await work.inbox.add(row))[1] is False
        unsent = await work.outbox.get(pending.id)
        assert (unsent.state, unsent.failure) == (OutboxState.FAILED, "erased")
        assert await work.outbox.due("telegram", after(9), 10) == []
        assert await work.inbox.claim("w1", after(9), 60, 10) == []


async def test_work_in_hand_may_end_and_is_blanked_by_the_sweep(scene: Scene) -> None:
    message = await scene.say("SECRET")
    async with scene.storage.work() as work:
        await work.inbox.claim("w1", NOW, 60, 10)
    async with scene.storage.work() as work:
        await work.people.erase(scene.person_id, after(1))
        assert (await work.inbox.get(message.id)).state is InboxState.CLAIMED
    turn = await scene.answer(message.id, answer="SECRET", trace={"c": "SECRET"})
    async with scene.storage.work() as work:
        image = await work.images.add(turn.id, scene.person_id, "/late.png", "image/png", 8, 8, "aa", None, "", NOW)
        reply = await scene.send(work, "SECRET", inbox_id=message.id, image_id=image.id)
        await work.inbox.set_state(message.id, InboxState.DONE, after(2), owner="w1")
    async with scene.storage.work() as work:
        assert await work.retention.sweep(None, None) == []  # the reply is still to be sent
        assert (await work.outbox.get(reply.id)).text == "SECRET"
        await work.outbox.mark_sent(reply.id, {}, after(3))
        assert await work.retention.sweep(None, None) == ["/late.png"]
    assert "SECRET" not in await everything(scene.storage)


async def test_work_in_hand_that_died_is_not_begun_again_after_an_erasure(scene: Scene) -> None:
    message = await scene.say("SECRET")
    async with scene.storage.work() as work:
        await work.inbox.claim("dead", NOW, 60, 10)
        await work.people.erase(scene.person_id, after(1))
    async with scene.storage.work() as work:
        assert await work.inbox.claim("w1", after(61), 60, 10) == []
        assert (await work.inbox.get(message.id)).state is InboxState.SET_ASIDE


@pytest.mark.parametrize("finished", [True, False])
async def test_the_sweep_blanks_what_was_kept_long_enough(scene: Scene, finished: bool) -> None:
    message_id, turn_id = await live(scene, "OLD")
    async with scene.storage.work() as work:
        if finished:
            await work.inbox.set_state(message_id, InboxState.DONE, after(5))
            [reply] = await work.outbox.by_inbox(message_id)
            await work.outbox.mark_sent(reply.id, {}, after(5))
    async with scene.storage.work() as work:
        assert await work.retention.sweep(after(0), after(0)) == []
        turn = await work.turns.get(turn_id)
        assert turn is not None
        assert turn.answer == "OLD"
        paths = await work.retention.sweep(after(6), after(6))
        assert paths == (["/OLD.png"] if finished else [])
        turn, message, [reply] = (
            await work.turns.get(turn_id),
            await work.inbox.get(message_id),
            await work.outbox.by_inbox(message_id),
        )
        assert turn is not None
        gone = "" if finished else "OLD"
        assert (message.text, turn.answer or "", reply.text) == (gone, gone, gone)
        assert turn.outcome == "answered"
        assert len(await work.memory.entries(scene.person_id, scene.space_id)) == 1


async def test_an_export_holds_everything_of_the_person_and_of_nobody_else(storage: Storage) -> None:
    mina, jun = await Scene.direct(storage, "mina"), await Scene.direct(storage, "jun")
    await live(mina, "MINE")
    await live(jun, "THEIRS")
    async with storage.work() as work:
        await mina.punish(work)
        await mina.judge(work)
    async with storage.read() as work:
        exported = json.loads(json.dumps(await work.people.export(mina.person_id), ensure_ascii=False))
    assert "THEIRS" not in json.dumps(exported)
    assert exported["memory"][0]["value"] == exported["summaries"][0]["text"] == exported["messages"][0]["text"]
    assert exported["turns"][0]["answer"] == exported["sent"][0]["text"] == "MINE"
    assert exported["messages"][0]["sent_at"] == NOW.isoformat()
    assert [len(exported[name]) for name in ("accounts", "spaces", "images", "sanctions", "ethics_events")] == [1] * 5
    assert exported["preferences"]["hue"] == 0.5
    assert "token" not in json.dumps(exported)
