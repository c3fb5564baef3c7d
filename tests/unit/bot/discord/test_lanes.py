import asyncio

from bot.discord.lanes import Lanes


async def _pass(lanes: Lanes, name: str, passed: list[str], channel_id: int = 1) -> None:
    async with lanes.take(channel_id):
        await asyncio.sleep(0.001)
        passed.append(name)


async def test_a_lane_is_passed_in_order_and_others_side_by_side() -> None:
    lanes, passed = Lanes(), list[str]()
    async with lanes.take(1):
        waiting = [asyncio.create_task(_pass(lanes, name, passed)) for name in "abc"]
        await _pass(lanes, "other", passed, channel_id=2)
        assert passed == ["other"]
    await asyncio.gather(*waiting)
    assert passed == ["other", "a", "b", "c"]


async def test_a_closed_gate_holds_all_but_the_one_who_fills_the_gap() -> None:
    lanes, passed = Lanes(), list[str]()
    lanes.close_gate(1)
    waiting = [asyncio.create_task(_pass(lanes, name, passed)) for name in "ab"]
    async with lanes.take(1, behind_gate=False):
        await asyncio.sleep(0.005)
        passed.append("missed")
    lanes.open_gate(1)
    await asyncio.gather(*waiting)
    assert passed == ["missed", "a", "b"]
