import pytest

from storage.database import Storage
from storage.errors import RecordMissing
from tests.unit.storage.scene import Scene, after


async def test_events_are_kept_in_order_and_overturned_beside_them(storage: Storage) -> None:
    mina, jun = await Scene.server(storage, "mina"), await Scene.server(storage, "jun")
    direct = await Scene.direct(storage, "mina")
    async with storage.work() as work:
        first = await mina.judge(work)
        second = await mina.judge(work, category="hate", level=2, shadow=True, at=after(9))
        await jun.judge(work)
        elsewhere = await mina.judge(work, space_id=direct.space_id)
        assert await work.ethics.overturn(first, "discord:77", "오해", after(60))
        assert not await work.ethics.overturn(first, "discord:78", "again", after(61))
    async with storage.read() as work:
        here = await work.ethics.events(mina.person_id, mina.space_id)
        assert [event.id for event in here] == [first, second]
        assert (here[0].overturned_at, here[0].overturned_by, here[0].overturn_reason) == (
            after(60),
            "discord:77",
            "오해",
        )
        assert (here[1].overturned_at, here[1].shadow, here[1].level, here[1].at) == (None, True, 2, after(9))
        assert here[0].policy == {"strictness": 0.0}
        assert [event.id for event in await work.ethics.events(mina.person_id, None)] == [first, second, elsewhere]
        assert await work.ethics.event(second) == here[1]


async def test_a_block_holds_from_its_start_to_its_end(scene: Scene) -> None:
    async with scene.storage.work() as work:
        block = await scene.punish(work)
        await scene.punish(work, kind="warning", ends_at=after(0))

    async def active(seconds: float) -> list[int]:
        async with scene.storage.read() as work:
            return [
                found.id for found in await work.ethics.active_blocks(scene.person_id, scene.space_id, after(seconds))
            ]

    assert await active(-1) == []
    assert await active(0) == [block]
    assert await active(3599.9) == [block]
    assert await active(3600) == []


async def test_blocks_are_listed_by_space_and_lifted_once(storage: Storage) -> None:
    mina, jun = await Scene.server(storage, "mina"), await Scene.server(storage, "jun")
    async with storage.work() as work:
        other = await work.spaces.space("discord", "other", "server", "Other")
        first = await mina.punish(work, categories=["paedrip", "hate"])
        wide = await jun.punish(work, channel_key=None)
        elsewhere = await mina.punish(work, space_id=other.id)
        assert [block.id for block in await work.ethics.blocks(mina.space_id, after(1))] == [first, wide]
        assert [block.id for block in await work.ethics.blocks(None, after(1))] == [first, wide, elsewhere]
        assert await work.ethics.lift(first, "discord:77", "appeal", after(2))
        assert not await work.ethics.lift(first, "discord:78", "again", after(3))
        assert [block.id for block in await work.ethics.blocks(mina.space_id, after(4))] == [wide]
    async with storage.read() as work:
        lifted, kept = await work.ethics.sanction(first), await work.ethics.sanction(wide)
        assert lifted is not None
        assert kept is not None
        assert (lifted.lifted_at, lifted.lifted_by, lifted.lift_reason) == (after(2), "discord:77", "appeal")
        assert lifted.categories == ("paedrip", "hate")
        assert kept.channel_key is None
        assert [one.id for one in await work.ethics.sanctions(mina.person_id, mina.space_id)] == [first]
        assert [one.id for one in await work.ethics.sanctions(mina.person_id, None)] == [first, elsewhere]


async def test_what_is_not_kept_can_be_neither_overturned_nor_lifted(storage: Storage) -> None:
    async with storage.work() as work:
        with pytest.raises(RecordMissing, match="no ethics event 5"):
            await work.ethics.overturn(5, "x", "y", after(0))
        with pytest.raises(RecordMissing, match="no sanction 5"):
            await work.ethics.lift(5, "x", "y", after(0))
        assert await work.ethics.event(5) is None
