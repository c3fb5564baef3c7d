"""The bot as a process of its own that kills itself (SIGKILL) when it reaches a named step.

`python -m tests.e2e.killable_bot STEP NTH`: settings from the environment; NTH counts how often STEP was reached;
STEP "never" runs until it is stopped. A message with `죽음` kills the process inside the engine.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from bot.app import open_app
from bot.logs import configure_logs
from bot.platforms import configured_adapters
from bot.settings import Settings
from bot.steps import Step
from engine.turn_types import Answered, Turn
from tests.fakes import FakeEngine, FakeLoadedEngine


class MortalEngine(FakeEngine):
    """Takes the whole process down for some messages, as a crash in a model library would."""

    async def answer(self, turn: Turn) -> Answered:
        if "죽음" in turn.text:
            die()
        return await super().answer(turn)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def run(step: str, nth: int) -> None:
    reached = 0

    def on_step(at: Step, row_id: int) -> None:
        nonlocal reached
        if at.value == step:
            reached += 1
            if reached == nth:
                die()

    async def load(_: Settings) -> FakeLoadedEngine:
        return FakeLoadedEngine(MortalEngine())

    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    configure_logs(settings.log_level, as_json=False)
    async with open_app(settings, load, configured_adapters, on_step=on_step):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], int(sys.argv[2])))
