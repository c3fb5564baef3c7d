import asyncio

import pytest

from storage.database import Storage
from storage.errors import RecordMissing
from tests.unit.storage.scene import NOW, Scene


async def test_a_space_is_met_once_and_its_name_kept_current(storage: Storage) -> None:
    async with storage.work() as work:
        first = await work.spaces.space("telegram", "-100", "group", "우리")
        renamed = await work.spaces.space("telegram", "-100", "group", "우리들")
        unnamed = await work.spaces.space("telegram", "-100", "group")
        assert first.id == renamed.id == unnamed.id
        assert unnamed.name == "우리들"
        assert await work.spaces.find("telegram", "-100") == unnamed
        assert await work.spaces.find("discord", "-100") is None
        with pytest.raises(RecordMissing, match="no space 77"):
            await work.spaces.get(77)


async def test_settings_are_set_replaced_and_unset(storage: Storage) -> None:
    async with storage.work() as work:
        space = await work.spaces.space("discord", "1", "server", "G")
        other = await work.spaces.space("discord", "2", "server", "H")
        await work.spaces.set_setting(space.id, "channels", ["10", "11"])
        await work.spaces.set_setting(space.id, "channels", ["10"])
        await work.spaces.set_setting(space.id, "shadow", True)
        await work.spaces.set_setting(space.id, "language", "en")
        await work.spaces.set_setting(space.id, "language", None)
    async with storage.read() as work:
        assert await work.spaces.settings(space.id) == {"channels": ["10"], "shadow": True}
        assert (await work.spaces.get(space.id)).settings == {"channels": ["10"], "shadow": True}
        assert await work.spaces.settings(other.id) == {}


async def test_a_channel_has_a_mailbox_per_person_or_one_for_all(storage: Storage) -> None:
    async with storage.work() as work:
        space = await work.spaces.space("discord", "1", "server", "G")
        mina = (await work.people.account("discord", "m", "", None, NOW)).person_id
        jun = (await work.people.account("discord", "j", "", None, NOW)).person_id
        boxes = [await work.spaces.conversation(space.id, "c", person) for person in (mina, jun, None)]
        again = [await work.spaces.conversation(space.id, "c", person) for person in (mina, jun, None)]
        elsewhere = await work.spaces.conversation(space.id, "d", mina)
        assert boxes == again
        assert len({box.id for box in [*boxes, elsewhere]}) == 4
        assert await work.spaces.conversation_by_id(boxes[0].id) == boxes[0]
        with pytest.raises(RecordMissing):
            await work.spaces.conversation_by_id(99)


@pytest.mark.parametrize("shared", [True, False])
async def test_a_mailbox_made_at_the_same_moment_is_one(scene: Scene, shared: bool) -> None:
    async def meet() -> int:
        async with scene.storage.work() as work:
            space = await work.spaces.space("discord", "9", "server", "G")
            person = None if shared else scene.person_id
            return (await work.spaces.conversation(space.id, "c", person)).id

    assert len(set(await asyncio.gather(*(meet() for _ in range(8))))) == 1
