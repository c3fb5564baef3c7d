"""Our forward passes against transformers and peft."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from peft import PeftModel

from engine.llm.attention import DecodeStep, Prefill
from engine.llm.causal_model import CausalModel
from engine.llm.gpt_neox import GptNeox
from engine.llm.kv_cache import KvCache
from engine.llm.llama import Llama
from engine.llm.lora import RowAdapters, read_adapter
from tests.unit.engine.llm.tiny import (
    KANANA_TARGETS,
    PEFT_WARNING,
    POLYGLOT_TARGETS,
    save_adapter,
    tiny_llama,
    tiny_neox,
)

pytestmark = pytest.mark.filterwarnings(PEFT_WARNING)
CPU = torch.device("cpu")
KINDS = {"llama": (tiny_llama, Llama, KANANA_TARGETS), "gpt_neox": (tiny_neox, GptNeox, POLYGLOT_TARGETS)}


def prompts(*lengths: int) -> list[list[int]]:
    generator = torch.Generator().manual_seed(5)
    return [torch.randint(1, 300, (length,), generator=generator).tolist() for length in lengths]


def run(model: CausalModel, rows: list[list[int]], adapters: list[str], steps: int) -> torch.Tensor:
    """Read all but the last `steps` tokens of each row at once and the rest one by one: (steps + 1, B, V)."""
    cache = KvCache(model.cache_shape)
    cache.reserve(len(rows), max(map(len, rows)))
    heads = [row[: len(row) - steps] for row in rows]
    longest = max(map(len, heads))
    tokens = torch.tensor([head + [7] * (longest - len(head)) for head in heads])
    last = torch.tensor([len(head) - 1 for head in heads])
    chosen = RowAdapters.of(adapters, torch.float32, CPU)
    out = [model.forward(tokens, Prefill(cache, 0, len(rows), longest, CPU), chosen, last)]
    for step in range(steps):
        lengths = [len(head) + step for head in heads]
        tokens = torch.tensor([[row[length]] for row, length in zip(rows, lengths, strict=True)])
        plan = DecodeStep(cache, lengths, CPU)
        out.append(model.forward(tokens, plan, chosen, torch.zeros(len(rows), dtype=torch.int64)))
    return torch.stack(out)


@torch.inference_mode()
@pytest.mark.parametrize("kind", KINDS)
def test_logits_equal_those_of_transformers_prompt_and_steps(kind: str) -> None:
    make, ours, _ = KINDS[kind]
    rows = prompts(9, 14, 6)
    theirs = make()
    expected = [theirs(torch.tensor([row])).logits[0, -3:] for row in rows]
    got = run(ours(make()), rows, [""] * 3, steps=2)
    for index in range(len(rows)):
        torch.testing.assert_close(got[:, index], expected[index], atol=2e-5, rtol=1e-5)


@torch.inference_mode()
@pytest.mark.parametrize("kind", KINDS)
def test_mixed_adapters_in_one_batch_equal_peft(kind: str, tmp_path: Path) -> None:
    make, ours, targets = KINDS[kind]
    model = ours(make())
    rows, names = prompts(9, 14, 6, 11), ["a", "b", "a", ""]
    for name, rank in (("a", 4), ("b", 2)):
        save_adapter(make(), tmp_path / name, seed=ord(name), rank=rank, targets=targets)
        model.add_adapter(name, read_adapter(tmp_path / name, torch.float32, CPU))
    got = run(model, rows, names, steps=3)
    plain = make()(torch.tensor([rows[0]])).logits[0, -1]
    for index, name in enumerate(names):
        theirs = PeftModel.from_pretrained(make(), str(tmp_path / name)) if name else make()
        expected = theirs(torch.tensor([rows[index]])).logits[0, -4:]
        torch.testing.assert_close(got[:, index], expected, atol=5e-5, rtol=1e-5)
    assert not torch.allclose(got[-1, 0], plain, atol=0.1), "the adapter changes nothing: the test proves nothing"


@torch.inference_mode()
def test_a_merged_adapter_equals_a_chosen_one(tmp_path: Path) -> None:
    save_adapter(tiny_llama(), tmp_path / "a", seed=1)
    chosen, merged = Llama(tiny_llama()), Llama(tiny_llama())
    adapter = read_adapter(tmp_path / "a", torch.float32, CPU)
    chosen.add_adapter("a", adapter)
    merged.add_adapter("a", adapter, merged=True)
    rows = prompts(8, 5)
    got = run(merged, rows, ["", ""], steps=2)
    torch.testing.assert_close(got, run(chosen, rows, ["a", "a"], steps=2), atol=2e-5, rtol=1e-5)


@torch.inference_mode()
@pytest.mark.parametrize("kind", KINDS)
def test_a_row_has_equal_logits_alone_and_in_any_batch(kind: str) -> None:
    make, ours, _ = KINDS[kind]
    model = ours(make())
    rows = prompts(9, 21, 6, 30, 12)
    together = run(model, rows, [""] * 5, steps=4)
    for index, row in enumerate(rows):
        alone = run(model, [row], [""], steps=4)[:, 0]
        torch.testing.assert_close(together[:, index], alone, atol=1e-5, rtol=1e-5)
