from datetime import date
from typing import Any

from sqlalchemy import select

from storage.database import Storage
from storage.records import InboxState
from storage.tables import metadata
from storage.work import UnitOfWork
from tests.unit.storage.scene import NOW, Scene, after
from tests.unit.storage.test_erasure import everything, live

DAY = date(2026, 7, 6)


def appeal_of(scene: Scene, sanction_id: int, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "sanction_id": sanction_id,
        "person_id": scene.person_id,
        "space_id": scene.space_id,
        "words": "아니야",
        "language": "ko",
        "place": {"channel_id": scene.channel_key},
        "author": {"account_id": scene.account_id},
        "at": NOW,
    }
    return values | changes


async def test_a_sanction_is_appealed_once_and_an_appeal_decided_once(scene: Scene) -> None:
    async with scene.storage.work() as work:
        block = await scene.punish(work)
        made = await work.appeals.open(**appeal_of(scene, block))
        assert made is not None
        assert await work.appeals.open(**appeal_of(scene, block, words="또")) is None
        assert [each.id for each in await work.appeals.undecided(scene.space_id)] == [made.id]
        assert await work.appeals.undecided(scene.space_id + 1) == []
        assert await work.appeals.decide(made.id, "overturned", "discord:77", after(5))
        assert not await work.appeals.decide(made.id, "upheld", "discord:78", after(6))
        known = await work.appeals.of_sanction(block)
        assert known is not None
        assert (known.state, known.decided_by, known.decided_at) == ("overturned", "discord:77", after(5))
        assert await work.appeals.undecided(None) == []


async def test_an_erasure_takes_the_words_of_an_appeal_and_link_codes(scene: Scene) -> None:
    async with scene.storage.work() as work:
        block = await scene.punish(work)
        secret = {"words": "SECRET", "place": {"n": "SECRET"}, "author": {"n": "SECRET"}}
        await work.appeals.open(**appeal_of(scene, block, **secret))
        account = await work.people.find(scene.platform, scene.account_id)
        assert account is not None
        await work.links.put_code(account.id, "SECRET", after(600))
        await work.people.erase(scene.person_id, after(1))
    assert "SECRET" not in await everything(scene.storage)
    async with scene.storage.read() as work:
        assert len(await work.appeals.undecided(None)) == 1


async def test_the_sweep_takes_the_words_of_decided_appeals(scene: Scene) -> None:
    async with scene.storage.work() as work:
        for decided, words in ((True, "OLD"), (False, "WAITS")):
            block = await scene.punish(work)
            made = await work.appeals.open(**appeal_of(scene, block, words=words))
            assert made is not None
            if decided:
                await work.appeals.decide(made.id, "upheld", "discord:77", after(5))
        await work.retention.sweep(after(5), None)
        assert "OLD" in await everything_in(work)
        await work.retention.sweep(after(6), None)
        told = await everything_in(work)
    assert "OLD" not in told
    assert "WAITS" in told


async def everything_in(work: UnitOfWork) -> str:
    rows = await work.people._connection.execute(select(metadata.tables["appeals"]))
    return repr([tuple(row) for row in rows])


async def test_a_code_is_found_until_it_ends_or_is_used_or_replaced(scene: Scene) -> None:
    async with scene.storage.work() as work:
        account = await work.people.find(scene.platform, scene.account_id)
        assert account is not None
        await work.links.put_code(account.id, "first", after(600))
        await work.links.put_code(account.id, "second", after(600))
        assert await work.links.code_owner("first", NOW) is None
        assert await work.links.code_owner("second", after(599)) == account
        assert await work.links.use_code("second")
        assert not await work.links.use_code("second")
        await work.links.put_code(account.id, "third", after(600))
        assert await work.links.code_owner("third", after(600)) is None


async def settled(storage: Storage, scene: Scene, canary: str) -> None:
    """Have an exchange with a canary in it, finished and sent."""
    inbox_id, _ = await live(scene, canary)
    async with storage.work() as work:
        await work.inbox.set_state(inbox_id, InboxState.DONE, NOW)
        for row in await work.outbox.by_inbox(inbox_id):
            await work.outbox.mark_sent(row.id, {}, NOW)
        await work.people.set_preferences(scene.person_id, settings={}, timezone=None)
        block = await scene.punish(work)
        await scene.judge(work)
        await work.appeals.open(**appeal_of(scene, block))


async def people_in(work: UnitOfWork) -> set[int]:
    """Return every person id that any row names."""
    found: set[int] = set()
    for table in metadata.tables.values():
        for name in ("person_id", "target_person_id"):
            if name in table.c:
                rows = await work.people._connection.execute(select(table.c[name]).where(table.c[name].is_not(None)))
                found |= set(rows.scalars())
    return found


async def test_joining_moves_everything_and_parting_gives_each_platform_back(storage: Storage) -> None:
    here, there = await Scene.direct(storage, "mina"), await Scene.server(storage, "mina-d")
    jun = await Scene.direct(storage, "jun")
    for scene, canary in ((here, "ALPHA"), (there, "OMEGA"), (jun, "JUN")):
        await settled(storage, scene, canary)
    counted = {name: (await everything(storage)).count(name) for name in ("ALPHA", "OMEGA", "JUN")}
    async with storage.work() as work:
        await work.people.raise_epoch(here.person_id)
        await work.links.join(there.person_id, here.person_id)
        assert await people_in(work) == {here.person_id, jun.person_id}
        told = str(await work.people.export(here.person_id))
        assert "ALPHA" in told
        assert "OMEGA" in told
        assert "JUN" not in told
        assert len(await work.ethics.active_blocks(here.person_id, there.space_id, after(5))) == 1
    async with storage.work() as work:
        account = await work.people.find("discord", "mina-d")
        assert account is not None
        parted = await work.links.part(account, after(9))
        assert await people_in(work) == {here.person_id, jun.person_id, parted}
        theirs, own = str(await work.people.export(parted)), str(await work.people.export(here.person_id))
        assert ("OMEGA" in theirs, "ALPHA" in theirs) == (True, False)
        assert ("ALPHA" in own, "OMEGA" in own) == (True, False)
        assert await work.retention.sweep(None, None) == []  # nothing looks erased by the change of person
    assert {name: (await everything(storage)).count(name) for name in counted} == counted


async def test_erasing_a_joined_person_erases_both_platforms(storage: Storage) -> None:
    here, there = await Scene.direct(storage, "mina"), await Scene.server(storage, "mina-d")
    await settled(storage, here, "SECRETA")
    await settled(storage, there, "SECRETB")
    async with storage.work() as work:
        await work.links.join(there.person_id, here.person_id)
        await work.people.erase(here.person_id, after(1))
    assert "SECRET" not in await everything(storage)


async def test_who_is_being_answered_is_busy(scene: Scene) -> None:
    message = await scene.say("안녕")
    async with scene.storage.work() as work:
        assert await work.links.is_busy(scene.person_id)
        await work.inbox.set_state(message.id, InboxState.DONE, NOW)
        assert not await work.links.is_busy(scene.person_id)
        await scene.send(work, inbox_id=message.id)
        assert await work.links.is_busy(scene.person_id)
