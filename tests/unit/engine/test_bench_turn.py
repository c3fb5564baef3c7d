"""The bench of turns, on tiny weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.bench_turn import NEW_TOKENS, bench_turn
from engine.errors import EngineError
from engine.llm.local_generator import LocalGenerator
from engine.stages import Generated
from engine.turn_types import RoleName
from tests.unit.engine.llm.tiny import PEFT_WARNING

pytestmark = pytest.mark.filterwarnings(PEFT_WARNING)
CPU = torch.device("cpu")


def silent(message: str, share: float, seconds_left: float | None) -> None:
    pass


async def test_both_ways_are_measured_at_every_load(published_weights: Path) -> None:
    rows = await bench_turn(
        silent, "ohlora-v4", published_weights, device=CPU, conversations=(1, 3), memories=(2,), repeats=1
    )
    assert [(row.conversations, row.memories) for row in rows] == [(1, 2), (3, 2)]
    for row in rows:
        assert 0 < row.ratio.low <= row.ratio.median <= row.ratio.high
        assert 0 < row.ours_to_answer_ms < row.ours_to_image_ms
        assert row.order_violations == 0
        assert row.peak_memory_mib > 50
    assert rows[0].texts_side_by_side == 2  # answer and memory
    assert rows[1].texts_side_by_side >= 4


async def test_unlike_work_is_not_compared(published_weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def other(self: object, role: RoleName, prompt: str, *, seed: int, temperature: float) -> Generated:
        return Generated("다른 글", NEW_TOKENS[role])

    monkeypatch.setattr(LocalGenerator, "generate", other)
    with pytest.raises(EngineError, match="differ in greedy tokens"):
        await bench_turn(
            silent, "ohlora-v4", published_weights, device=CPU, conversations=(1,), memories=(2,), repeats=1
        )


async def test_a_profile_without_four_roles_is_refused(published_weights: Path) -> None:
    with pytest.raises(EngineError, match="four roles"):
        await bench_turn(silent, "ohlora-v1", published_weights, device=CPU)
