from datetime import date

import pytest

from storage.database import Storage
from storage.errors import RecordMissing
from tests.unit.storage.scene import NOW, Scene

MONDAY, TUESDAY = date(2026, 7, 6), date(2026, 7, 7)


async def test_entries_belong_to_one_person_in_one_space(storage: Storage) -> None:
    mina, jun, direct = (
        await Scene.server(storage, "mina"),
        await Scene.server(storage, "jun"),
        await Scene.direct(storage, "mina"),
    )
    async with storage.work() as work:
        kept = await work.memory.add(mina.person_id, mina.space_id, "내일 일정", "카페", MONDAY, TUESDAY)
        await work.memory.add(mina.person_id, direct.space_id, "비밀", "고백", MONDAY, None)
        await work.memory.add(jun.person_id, jun.space_id, "취미", "등산", MONDAY, None)
    async with storage.read() as work:
        assert await work.memory.entries(mina.person_id, mina.space_id) == [kept]
        assert (kept.key, kept.value, kept.said_on, kept.due_on, kept.vector) == (
            "내일 일정",
            "카페",
            MONDAY,
            TUESDAY,
            None,
        )
        assert await work.memory.entries(jun.person_id, direct.space_id) == []
        assert await work.memory.count(mina.person_id) == {mina.space_id: 1, direct.space_id: 1}


async def test_a_replaced_entry_loses_its_embedding_and_keeps_its_place(scene: Scene) -> None:
    async with scene.storage.work() as work:
        first = await work.memory.add(scene.person_id, scene.space_id, "사는 곳", "부산", MONDAY, None)
        await work.memory.add(scene.person_id, scene.space_id, "취미", "등산", MONDAY, None)
        assert await work.memory.save_embedding(first.id, "th", "mh", b"\x00\x01\xff")
        cached = await work.memory.get(first.id)
        assert cached is not None
        assert (cached.text_hash, cached.model_hash, cached.vector) == ("th", "mh", b"\x00\x01\xff")
        replaced = await work.memory.replace(first.id, "사는 곳", "서울", TUESDAY, None)
        assert (replaced.value, replaced.text_hash, replaced.model_hash, replaced.vector) == ("서울", None, None, None)
        entries = await work.memory.entries(scene.person_id, scene.space_id)
    assert [entry.value for entry in entries] == ["서울", "등산"]


async def test_what_is_gone_is_not_revived(scene: Scene) -> None:
    async with scene.storage.work() as work:
        entry = await work.memory.add(scene.person_id, scene.space_id, "k", "v", MONDAY, None)
        assert await work.memory.delete(entry.id)
        assert not await work.memory.delete(entry.id)
        assert await work.memory.get(entry.id) is None
        assert not await work.memory.save_embedding(entry.id, "t", "m", b"")
        with pytest.raises(RecordMissing):
            await work.memory.replace(entry.id, "k", "v", MONDAY, None)
        later = await work.memory.add(scene.person_id, scene.space_id, "k", "v", MONDAY, None)
        assert later.id > entry.id


@pytest.mark.parametrize("everywhere", [True, False])
async def test_forgetting_here_or_everywhere(storage: Storage, everywhere: bool) -> None:
    here = await Scene.server(storage, "mina")
    async with storage.work() as work:
        space = await work.spaces.space("discord", "other", "server", "Other")
        there = await work.spaces.conversation(space.id, "c", here.person_id)
        for place, box in ((here.space_id, here.conversation_id), (space.id, there.id)):
            await work.memory.add(here.person_id, place, "k", "v", MONDAY, None)
            await work.summaries.put(here.person_id, box, "요약", "t", NOW)
        where = None if everywhere else here.space_id
        assert await work.memory.clear(here.person_id, where) == (2 if everywhere else 1)
        assert await work.summaries.clear(here.person_id, where) == (2 if everywhere else 1)
    async with storage.read() as work:
        assert await work.memory.entries(here.person_id, here.space_id) == []
        assert len(await work.memory.entries(here.person_id, space.id)) == (0 if everywhere else 1)
        assert (await work.summaries.get(here.person_id, there.id) is None) is everywhere


async def test_a_summary_is_replaced_and_emptied(scene: Scene) -> None:
    async with scene.storage.work() as work:
        assert await work.summaries.get(scene.person_id, scene.conversation_id) is None
        await work.summaries.put(scene.person_id, scene.conversation_id, "하나", "t1", NOW)
        await work.summaries.put(scene.person_id, scene.conversation_id, "둘", "t2", NOW)
        kept = await work.summaries.get(scene.person_id, scene.conversation_id)
        assert kept is not None
        assert (kept.text, kept.turn_id) == ("둘", "t2")
        await work.summaries.put(scene.person_id, scene.conversation_id, None, "t3", NOW)
        assert await work.summaries.get(scene.person_id, scene.conversation_id) is None
