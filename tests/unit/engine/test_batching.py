"""The device thread and the stage batchers."""

import asyncio
import threading
from collections.abc import AsyncIterator, Generator, Sequence

import pytest

from engine.batching import DeviceThread, Priority, StageBatcher
from engine.errors import EngineError


@pytest.fixture
async def device() -> AsyncIterator[DeviceThread]:
    thread = DeviceThread()
    thread.start()
    yield thread
    await thread.stop(1.0)


class Gate:
    """Holds the device thread until it is opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> None:
        self.entered.set()
        assert self.opened.wait(5)


async def held(device: DeviceThread) -> tuple[Gate, asyncio.Task[None]]:
    gate = Gate()
    task = asyncio.create_task(device.run(gate, Priority.TEXT))
    await asyncio.to_thread(gate.entered.wait, 5)
    return gate, task


async def test_urgent_work_goes_first(device: DeviceThread) -> None:
    gate, task = await held(device)
    order: list[str] = []
    jobs = [
        asyncio.create_task(device.run(lambda p=p: order.append(p.name), p))  # type: ignore[misc]
        for p in (Priority.LIVE, Priority.CLIP, Priority.TEXT, Priority.STILL)
    ]
    await asyncio.sleep(0)
    gate.opened.set()
    await asyncio.gather(task, *jobs)
    assert order == ["TEXT", "STILL", "CLIP", "LIVE"]


async def test_a_text_slips_between_the_slices_of_a_clip(device: DeviceThread) -> None:
    order: list[str] = []
    gate = Gate()

    def clip() -> Generator[None, None, str]:
        for frame in range(5):
            if frame == 2:
                gate()
            order.append(f"frame {frame}")
            yield
        return "clip"

    task = asyncio.create_task(device.run_sliced(clip(), Priority.CLIP))
    await asyncio.to_thread(gate.entered.wait, 5)
    text = asyncio.create_task(device.run(lambda: order.append("text"), Priority.TEXT))
    await asyncio.sleep(0)
    gate.opened.set()
    await text
    assert await task == "clip"
    assert order == ["frame 0", "frame 1", "frame 2", "text", "frame 3", "frame 4"]


async def test_equal_slices_take_turns(device: DeviceThread) -> None:
    gate, task = await held(device)
    order: list[str] = []

    def job(name: str) -> Generator[None, None, None]:
        for _ in range(3):
            order.append(name)
            yield

    jobs = [asyncio.create_task(device.run_sliced(job(name), Priority.LIVE)) for name in "ab"]
    await asyncio.sleep(0)
    gate.opened.set()
    await asyncio.gather(task, *jobs)
    assert order == ["a", "b", "a", "b", "a", "b"]


async def test_the_event_loop_goes_on_while_the_device_works(device: DeviceThread) -> None:
    gate, task = await held(device)
    ticks = 0
    for _ in range(20):
        await asyncio.sleep(0.001)
        ticks += 1
    assert not task.done()
    gate.opened.set()
    await task
    assert ticks == 20


async def test_an_error_of_the_work_reaches_its_caller_and_the_thread_lives_on(device: DeviceThread) -> None:
    def broken() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await device.run(broken, Priority.TEXT)
    assert await device.run(lambda: 7, Priority.TEXT) == 7


async def test_a_cancelled_caller_closes_its_slices(device: DeviceThread) -> None:
    closed = threading.Event()

    def endless() -> Generator[None, None, None]:
        try:
            while True:
                yield
        finally:
            closed.set()

    task = asyncio.create_task(device.run_sliced(endless(), Priority.LIVE))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(closed.wait, 5)


async def test_stop_finishes_what_is_queued_and_refuses_what_comes_later() -> None:
    device = DeviceThread()
    device.start()
    gate, task = await held(device)
    queued = asyncio.create_task(device.run(lambda: "done", Priority.LIVE))
    await asyncio.sleep(0)
    stopping = asyncio.create_task(device.stop(5.0))
    await asyncio.sleep(0.02)
    with pytest.raises(EngineError, match="stopping"):
        await device.run(lambda: None, Priority.TEXT)
    gate.opened.set()
    await stopping
    await task
    assert await queued == "done"


async def test_stop_abandons_what_does_not_end_within_the_grace() -> None:
    device = DeviceThread()
    device.start()

    def endless() -> Generator[None, None, None]:
        while True:
            yield

    tasks = [asyncio.create_task(device.run_sliced(endless(), Priority.LIVE)) for _ in range(3)]
    await asyncio.sleep(0.01)
    await device.stop(0.02)
    for task in tasks:
        with pytest.raises(EngineError, match="safe to try again"):
            await task


async def test_requests_that_wait_become_one_batch(device: DeviceThread) -> None:
    sizes: list[int] = []
    batcher = StageBatcher(
        device,
        lambda batch: [n * 10 for n in batch],
        name="tens",
        priority=Priority.TEXT,
        max_batch=4,
        observe=sizes.append,
    )
    gate, task = await held(device)
    turns = [asyncio.create_task(batcher.submit(n)) for n in range(10)]
    await asyncio.sleep(0.02)
    gate.opened.set()
    assert await asyncio.gather(*turns) == [n * 10 for n in range(10)]
    await task
    assert sizes == [4, 4, 2]
    assert await batcher.submit_all([1, 2]) == [10, 20]
    assert await batcher.submit_all([]) == []


async def test_a_bad_request_does_not_fail_its_neighbours(device: DeviceThread) -> None:
    def process(batch: Sequence[int]) -> list[int]:
        if 3 in batch:
            raise RuntimeError("three")
        return list(batch)

    batcher = StageBatcher(device, process, name="picky", priority=Priority.TEXT)
    results = await asyncio.gather(*(batcher.submit(n) for n in range(6)), return_exceptions=True)
    assert [r for r in results if not isinstance(r, BaseException)] == [0, 1, 2, 4, 5]
    assert isinstance(results[3], EngineError)
    assert "picky" in str(results[3])


async def test_a_wrong_number_of_results_is_an_error_and_not_the_end(device: DeviceThread) -> None:
    batcher = StageBatcher(device, lambda batch: [], name="empty", priority=Priority.TEXT)
    with pytest.raises(EngineError, match="0 results for 1"):
        await batcher.submit(1)
    assert await device.run(lambda: 1, Priority.TEXT) == 1


async def test_a_cancelled_request_is_not_computed(device: DeviceThread) -> None:
    seen: list[int] = []

    def process(batch: Sequence[int]) -> list[int]:
        seen.extend(batch)
        return list(batch)

    batcher = StageBatcher(device, process, name="seen", priority=Priority.TEXT)
    gate, task = await held(device)
    turns = [asyncio.create_task(batcher.submit(n)) for n in range(4)]
    await asyncio.sleep(0.02)
    turns[1].cancel()
    await asyncio.sleep(0)
    gate.opened.set()
    results = await asyncio.gather(*turns, return_exceptions=True)
    await task
    assert isinstance(results[1], asyncio.CancelledError)
    assert seen == [0, 2, 3]


async def test_waiting_requests_are_told_when_the_engine_stops() -> None:
    device = DeviceThread()
    batcher = StageBatcher(device, lambda batch: list(batch), name="never", priority=Priority.TEXT)
    turn = asyncio.create_task(batcher.submit(1))  # the thread is never started
    await asyncio.sleep(0.01)
    await device.stop(0.0)
    with pytest.raises(EngineError):
        await turn
    with pytest.raises(EngineError, match="stopping"):
        await batcher.submit(2)
