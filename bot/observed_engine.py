"""An engine that is watched: its turns are counted, its stages timed, its errors noted by type."""

from __future__ import annotations

from bot.observations import Observations
from engine.turn_types import Answered, Engine, Shown, ShowRequest, Turn


class ObservedEngine:
    """Passes everything on to the engine behind it."""

    def __init__(self, engine: Engine, observations: Observations) -> None:
        self._engine = engine
        self._observations = observations

    async def answer(self, turn: Turn) -> Answered:
        """Judge, recall, answer, judge again, and extract what to remember."""
        try:
            answered = await self._engine.answer(turn)
        except Exception as error:
            self._observations.problem("answer", error)
            raise
        self._observations.turn(answered.outcome, answered.timings_ms, answered.verdict.model_hash)
        return answered

    async def show(self, request: ShowRequest) -> Shown:
        """Summarise the turn, choose the expression, render and dye the face."""
        try:
            shown = await self._engine.show(request)
        except Exception as error:
            self._observations.problem("show", error)
            raise
        self._observations.stages(shown.timings_ms)
        return shown
