"""The bench of turns, on tiny weights."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import torch

from engine import bench_full_turn as bench_full_module
from engine.bench_full_turn import bench_full_turn, needed_bytes
from engine.bench_turn import bench_turn
from engine.bench_weights import PUBLISHED_SIZES, TextSizes, parameters
from engine.errors import EngineError
from engine.llm.local_generator import LocalGenerator
from engine.measured_texts import NEW_TOKENS, MeasuredTexts
from engine.seeds import derive_seed
from engine.stages import Generated
from engine.turn_types import RoleName, Turn
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
        assert row.peak_device_memory_mib is None
        assert row.ours_turns_per_s > 0 < row.sequential_turns_per_s
        assert row.batches.keys() == {"text", "face", "memory encoder", "ethics encoder"}
    assert rows[0].batches["text"].largest == 1, "no base has two roles at once in one conversation of v4"
    assert rows[1].batches["text"].largest == 3
    assert rows[1].batches["text"].mean > 1


def test_what_comes_too_early_is_counted() -> None:
    turns = [Turn(f"t{seed}", "안녕", datetime(2026, 1, 5, tzinfo=UTC), seed=seed) for seed in range(2)]
    texts = MeasuredTexts(NoTexts())
    spans = {"output_message": (1.0, 2.0), "memory": (1.0, 3.0), "summary": (3.0, 4.0), "eyes_mouth_pose": (3.5, 5.0)}
    for turn in turns:
        for role, (start, end) in spans.items():
            texts._spans[derive_seed(turn.seed, role, 1)] = (start + 10 * turn.seed, end + 10 * turn.seed)
    assert texts.order_violations(turns, [6.0, 16.0]) == 0
    assert texts.order_violations(turns, [12.0, 16.0]) == 1, "the second turn began before the first was shown"
    assert texts.order_violations(turns, [4.5, 16.0]) == 1, "a picture before its expression"
    texts._spans[derive_seed(0, "summary", 1)] = (2.5, 4.0)
    assert texts.order_violations(turns, [6.0, 16.0]) == 1, "a summary before the memory was there"


class NoTexts:
    def count_tokens(self, role: RoleName, text: str) -> int:
        return 0

    async def generate(self, role: RoleName, prompt: str, *, seed: int, temperature: float) -> Generated:
        return Generated("", 0)


SMALL = TextSizes(
    kanana={
        **PUBLISHED_SIZES.kanana,
        "vocab_size": 700,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
        "head_dim": 8,
    },
    polyglot={
        **PUBLISHED_SIZES.polyglot,
        "vocab_size": 700,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    },
    encoder={
        **PUBLISHED_SIZES.encoder,
        "vocab_size": 700,
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    },
    ranks=PUBLISHED_SIZES.ranks,
)


async def test_the_full_bench_writes_what_it_measures() -> None:
    rows = await bench_full_turn(silent, device=CPU, conversations=(2,), memories=(1,), repeats=1, sizes=SMALL)
    assert rows[0].order_violations == 0
    assert rows[0].ratio.median > 0


async def test_the_full_bench_is_refused_without_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = parameters(PUBLISHED_SIZES)
    assert counts == {"polyglot": 1331810304, "kanana": 2086979328, "kanana-instruct": 2086979328}
    assert 25 < needed_bytes(counts) / 2**30 < 27
    monkeypatch.setattr(bench_full_module, "free_bytes", lambda device: 20 * 2**30)
    with pytest.raises(EngineError, match="needs 26 GiB free on cpu for both ways, 20 GiB are"):
        await bench_full_turn(silent, device=CPU, conversations=(1,), memories=(1,), repeats=1)


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
