import asyncio

import pytest

from storage.database import Storage
from storage.errors import RecordMissing
from tests.unit.storage.scene import NOW, Scene, after


async def test_an_account_is_met_once_and_its_name_kept_current(storage: Storage) -> None:
    async with storage.work() as work:
        first = await work.people.account("discord", "1", "미나", "ko", NOW)
        again = await work.people.account("discord", "1", "Mina", None, after(5))
        silent = await work.people.account("discord", "1", "", None, after(6))
    assert again.id == first.id
    assert again.person_id == first.person_id
    assert (again.display_name, again.language, again.created_at) == ("Mina", "ko", NOW)
    assert silent == again


async def test_the_same_id_on_another_platform_is_another_person(storage: Storage) -> None:
    async with storage.work() as work:
        here = await work.people.account("discord", "1", "a", None, NOW)
        there = await work.people.account("telegram", "1", "a", None, NOW)
        assert here.person_id != there.person_id
        assert await work.people.find("web", "1") is None


async def test_meeting_an_account_at_the_same_moment_makes_one_person(storage: Storage) -> None:
    async def meet() -> int:
        async with storage.work() as work:
            return (await work.people.account("discord", "1", "미나", "ko", NOW)).person_id

    assert len(set(await asyncio.gather(*(meet() for _ in range(8))))) == 1
    async with storage.read() as work:
        person = await work.people.find("discord", "1")
        assert person is not None
        assert len(await work.people.accounts(person.person_id)) == 1


async def test_preferences_change_what_is_named_and_unset_with_none(scene: Scene) -> None:
    async with scene.storage.work() as work:
        await work.people.set_preferences(scene.person_id, language="en", face_id="v8:83", hue=0.25)
        await work.people.set_preferences(scene.person_id, hue=None, motion="moving", settings={"quiet": [22, 7]})
        unchanged = await work.people.set_preferences(scene.person_id)
    async with scene.storage.read() as work:
        person = await work.people.person(scene.person_id)
    assert person == unchanged
    assert (person.language, person.face_id, person.hue, person.motion) == ("en", "v8:83", None, "moving")
    assert person.settings == {"quiet": [22, 7]}


async def test_epochs_rise_by_one(scene: Scene) -> None:
    async with scene.storage.work() as work:
        assert (await work.people.hold(scene.person_id)).epoch == 0
        assert await work.people.raise_epoch(scene.person_id) == 1
        assert await work.people.raise_epoch(scene.person_id) == 2
        assert (await work.people.person(scene.person_id)).epoch == 2


async def test_holding_a_person_makes_another_commit_for_them_wait(scene: Scene) -> None:
    levels: list[int] = []
    inside = asyncio.Event()

    async def punish(*, first: bool) -> None:
        async with scene.storage.work() as work:
            await work.people.hold(scene.person_id)
            level = len(await work.ethics.events(scene.person_id, None)) + 1
            inside.set()
            if first:
                await asyncio.sleep(0.1)
            await scene.judge(work, level=level)
            levels.append(level)

    first = asyncio.create_task(punish(first=True))
    await inside.wait()
    await asyncio.gather(first, punish(first=False))
    assert levels == [1, 2]


async def test_a_person_who_is_not_kept_is_said_to_be_missing(storage: Storage) -> None:
    async with storage.work() as work:
        for ask in (work.people.person(9), work.people.hold(9), work.people.raise_epoch(9), work.people.erase(9, NOW)):
            with pytest.raises(RecordMissing, match="no person 9"):
                await ask
