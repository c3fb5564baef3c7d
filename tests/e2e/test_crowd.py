"""Forty people write at once while the device works without a pause: no words go astray, nothing stands still."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bot.app import open_app
from bot.platforms import configured_adapters
from bot.settings import Settings
from engine.batching import DeviceThread, Priority
from engine.turn_types import Answered, Shown, ShowRequest, Turn
from tests.e2e.discord_server import DiscordServer
from tests.fakes import FakeEngine, FakeLoadedEngine

PEOPLE, EACH = 40, 3
HEARTBEAT_MS = 500


class BusyEngine(FakeEngine):
    """Answers through a device thread that computes in Python, which is the hardest on the event loop."""

    def __init__(self, device: DeviceThread) -> None:
        super().__init__()
        self._device = device

    async def answer(self, turn: Turn) -> Answered:
        await self._device.run(lambda: _compute(0.02), Priority.TEXT)
        return await super().answer(turn)

    async def show(self, request: ShowRequest) -> Shown:
        await self._device.run(lambda: _compute(0.02), Priority.STILL)
        return await super().show(request)


def _compute(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        sum(range(500))


async def test_forty_people_at_once_on_discord(tmp_path: Path) -> None:
    device = DeviceThread()
    device.start()

    async def load(_: Settings) -> FakeLoadedEngine:
        return FakeLoadedEngine(BusyEngine(device))

    async with DiscordServer(heartbeat_ms=HEARTBEAT_MS) as server:
        settings = Settings(  # type: ignore[call-arg]
            _env_file=None,
            data_dir=tmp_path,
            web_enabled=False,
            discord_token=server.token,  # type: ignore[arg-type]
            discord_api_base=server.api_base,
            discord_gateway_url=server.gateway_url,
            face_grace_s=20.0,
        )
        channels = [server.direct_channel(server.add_user(f"사람{number}")) for number in range(PEOPLE)]
        async with open_app(settings, load, configured_adapters):
            await server.connected()
            beats_before, sessions = server.gateway.heartbeats, len(server.gateway.identifies)
            started = time.monotonic()
            for number in range(EACH):
                for person, channel in enumerate(channels):
                    await server.say(channel, channel.recipient, f"{person}번의 말 {number}")
            worst = await _worst_pause(lambda: len(server.sent) >= PEOPLE * EACH)
            took = time.monotonic() - started
            beats = server.gateway.heartbeats - beats_before
    await device.stop(1.0)
    for person, channel in enumerate(channels):
        said = [each["content"] for each in channel.messages if each["author"]["id"] == str(server.bot.id)]
        assert said == [f"답: {person}번의 말 {number}" for number in range(EACH)]
    assert len(server.gateway.identifies) == sessions, "the gateway was lost on the way"
    assert beats >= took / (HEARTBEAT_MS / 1000) * 0.5
    assert worst < 1.0, f"the event loop stood still for {worst:.2f} s"


async def _worst_pause(done) -> float:  # type: ignore[no-untyped-def]
    worst = 0.0
    async with asyncio.timeout(120):
        while not done():
            before = time.monotonic()
            await asyncio.sleep(0.01)
            worst = max(worst, time.monotonic() - before - 0.01)
    return worst
