"""Figures of what happened, without a text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client import generate_latest

from bot.observations import Observations
from bot.observed_engine import ObservedEngine
from engine.turn_types import Turn
from tests.fakes import START, FakeClock, FakeEngine


def turn(text: str) -> Turn:
    return Turn("turn-1", text, START, seed=1)


def test_stage_times_have_a_median_and_a_slow_end() -> None:
    seen = Observations(FakeClock())
    for took_ms in range(1, 101):
        seen.turn("answered", {"answer": float(took_ms)}, "abc")
    [times] = seen.stage_times()
    assert (times.stage, times.count, times.median_ms, times.slow_ms) == ("answer", 100, 50.5, 96.0)
    assert seen.judge_hash == "abc"


def test_the_rate_is_that_of_the_last_minutes() -> None:
    clock = FakeClock()
    seen = Observations(clock)
    for _ in range(30):
        seen.turn("answered", {}, "")
    assert seen.turns_per_s() == pytest.approx(0.1)
    clock.advance(timedelta(minutes=6))
    assert seen.turns_per_s() == 0
    assert seen.turns_total == 30


async def test_an_observed_engine_answers_as_before_and_keeps_types_of_errors_only() -> None:
    seen = Observations(FakeClock())
    engine = ObservedEngine(FakeEngine(), seen)
    answered = await engine.answer(turn("안녕"))
    assert answered.answer == "답: 안녕"
    assert answered.show is not None
    await engine.show(answered.show)
    with pytest.raises(RuntimeError):
        await engine.answer(turn("고장 비밀이야"))
    broken = (await engine.answer(turn("얼굴고장"))).show
    assert broken is not None
    with pytest.raises(RuntimeError):
        await engine.show(broken)
    assert [(problem.where, problem.error) for problem in seen.problems] == [
        ("show", "RuntimeError"),
        ("answer", "RuntimeError"),
    ]
    text = generate_latest(seen.registry).decode()
    assert 'ohlora_turns_total{outcome="answered"} 2.0' in text
    assert 'ohlora_errors_total{error="RuntimeError",where="answer"} 1.0' in text
    assert "비밀" not in text
