from storage.database import Storage
from tests.unit.storage.scene import Scene, after


async def test_acts_are_listed_newest_first_by_space(storage: Storage) -> None:
    mina = await Scene.server(storage, "mina")
    async with storage.work() as work:
        other = await work.spaces.space("discord", "other", "server", "Other")
        first = await work.audit.add(
            after(0), "discord", "77", "모더", "unblock", mina.space_id, mina.person_id, {"reason": "오해"}
        )
        second = await work.audit.add(after(1), "cli", "op", "op", "erase", None, mina.person_id)
        third = await work.audit.add(after(2), "discord", "77", "모더", "settings", other.id, None, {"key": "shadow"})
    async with storage.read() as work:
        assert await work.audit.list(None) == [third, second, first]
        assert await work.audit.list(None, limit=1) == [third]
        assert await work.audit.list(mina.space_id) == [first]
    assert (first.details, second.details, first.at) == ({"reason": "오해"}, {}, after(0))


async def test_states_are_written_replaced_and_forgotten(storage: Storage) -> None:
    async with storage.work() as work:
        assert await work.states.get("discord.seen") is None
        await work.states.put("discord.seen", {"10": "99"})
        await work.states.put("discord.seen", {"10": "100"})
        await work.states.put("telegram.offset", {"offset": 5})
        await work.states.delete("telegram.offset")
        assert await work.states.get("discord.seen") == {"10": "100"}
        assert await work.states.get("telegram.offset") is None
