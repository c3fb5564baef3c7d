"""Sampling: the values of the generation config, and the same choice in any batch."""

import json
from collections import Counter
from pathlib import Path

import pytest
import torch
from transformers import LogitsProcessorList, RepetitionPenaltyLogitsProcessor, TopKLogitsWarper, TopPLogitsWarper

from engine.errors import EngineError
from engine.llm.sampling import Sampling, next_tokens, penalised, read_sampling, uniforms


def test_a_seed_gives_its_own_numbers() -> None:
    assert uniforms(7, 5) == uniforms(7, 5) == uniforms(7, 9)[:5]
    assert uniforms(7, 5) != uniforms(8, 5)
    assert all(0 <= value < 1 for value in uniforms(2**63 + 7, 100))


def test_choices_follow_the_warped_chances() -> None:
    logits = torch.randn(1, 60, generator=torch.Generator().manual_seed(1)) * 2
    warpers = LogitsProcessorList([TopKLogitsWarper(8), TopPLogitsWarper(0.8)])
    expected = torch.softmax(warpers(torch.zeros(1, 1, dtype=torch.int64), logits / 0.7), -1)[0]
    count = 4000
    draws = [(i + 0.5) / count for i in range(count)]
    chosen = next_tokens(logits.expand(count, -1), [0.7] * count, draws, Sampling(top_k=8, top_p=0.8))
    found = Counter(chosen)
    for token, chance in enumerate(expected.tolist()):
        assert found[token] / count == pytest.approx(chance, abs=2 / count)


def test_temperature_zero_takes_the_likeliest_beside_warm_rows() -> None:
    logits = torch.randn(3, 40, generator=torch.Generator().manual_seed(2))
    chosen = next_tokens(logits, [0.0, 1.0, 0.0], [0.999, 0.999, 0.0], Sampling(top_k=0))
    assert chosen[0] == int(logits[0].argmax())
    assert chosen[2] == int(logits[2].argmax())
    assert chosen[1] == int(logits[1].argmin())  # the last draw takes the least likely of all


def test_repetition_penalty_is_that_of_transformers() -> None:
    logits = torch.randn(2, 30, generator=torch.Generator().manual_seed(3))
    seen = [[1, 2, 2, 7], [3, 4, 5, 9]]
    expected = RepetitionPenaltyLogitsProcessor(1.3)(torch.tensor(seen), logits.clone())
    torch.testing.assert_close(penalised(logits, seen, 1.3), expected)
    assert penalised(logits, seen, 1.0) is logits


def test_values_come_from_the_generation_config(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"eos_token_id": 2}))
    assert read_sampling(tmp_path) == Sampling(end_tokens=frozenset({2}))
    (tmp_path / "generation_config.json").write_text(
        json.dumps({"eos_token_id": [0, 5], "top_p": 0.9, "top_k": None, "repetition_penalty": 1.1})
    )
    assert read_sampling(tmp_path) == Sampling(50, 0.9, 1.1, frozenset({0, 5}))
    (tmp_path / "generation_config.json").write_text("[")
    with pytest.raises(EngineError, match=r"generation_config\.json is damaged"):
        read_sampling(tmp_path)
