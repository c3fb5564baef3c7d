"""What will fit, told before anything is loaded."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
import torch

from engine import examination
from engine.batching import DeviceThread
from engine.bench_weights import PUBLISHED_SIZES
from engine.errors import EngineError
from engine.examination import examine_device
from engine.llm.base_config import WideHeadsLlamaConfig
from engine.llm.loading import load_generator
from engine.memory_plan import MemoryPlan, plan_memory
from engine.profile_types import Quantize
from engine.profiles import OHLORA_V4
from tests.unit.engine.llm.tiny import PEFT_WARNING

pytestmark = pytest.mark.filterwarnings(PEFT_WARNING)
GIB = 2**30


def published_sizes(root: Path, weights: Path) -> Path:
    """Give the tiny folder language models of the published sizes: whole headers, no data on the disk."""
    shutil.copytree(weights, root, dirs_exist_ok=True)
    from transformers import GPTNeoXConfig, GPTNeoXForCausalLM, LlamaForCausalLM

    for key, base in OHLORA_V4.bases.items():
        folder = root / base.folders[0]
        with torch.device("meta"):
            if key == "polyglot":
                model = GPTNeoXForCausalLM(GPTNeoXConfig(**PUBLISHED_SIZES.polyglot))
            else:
                model = LlamaForCausalLM(WideHeadsLlamaConfig(**PUBLISHED_SIZES.kanana))
        model.config.save_pretrained(folder)
        write_header(folder / "model.safetensors", {name: list(w.shape) for name, w in model.named_parameters()})
    for role, adapter in OHLORA_V4.adapters.items():
        kanana, rank = adapter.base != "polyglot", PUBLISHED_SIZES.ranks[role]
        columns = 32 * (3 * 1792 + 3072 + 2 * 4096 + 2 * 9856 + 8064 + 1792) if kanana else 24 * (2048 + 6144)
        write_header(root / adapter.folders[0] / "adapter_model.safetensors", {"all": [rank, columns]})
    for folders in OHLORA_V4.encoders.values():
        write_header(root / folders[0] / "model.safetensors", {"all": [110_618_112]})
    return root


def write_header(path: Path, shapes: dict[str, list[int]]) -> None:
    header, end = {}, 0
    for name, shape in shapes.items():
        start, end = end, end + math.prod(shape) * 2
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + end)


def test_v4_fits_an_8_gb_card_in_fewer_bits_and_is_told_which(
    published_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = published_sizes(tmp_path / "weights", published_weights)
    plans = {kind: plan_memory(OHLORA_V4, root, kind) for kind in ("none", "int8", "int4")}
    assert 10.2 < plans["none"].bases / GIB < 10.4
    assert 5.5 < plans["int8"].bases / GIB < 6.1
    assert 3.3 < plans["int4"].bases / GIB < 3.8
    assert plans["int4"].total < 7.6 * GIB < plans["int8"].total < 12 * GIB < plans["none"].total < 24 * GIB
    assert plan_memory(OHLORA_V4, root, "none", server=True).total < 2 * GIB

    card = 7.6 * GIB  # what a card of 8 GB has free
    monkeypatch.setattr(examination, "free_bytes", lambda device: int(card))
    ok, text = examine_device("ohlora-v4", root, "cpu")
    assert not ok
    assert "will not fit; set OHLORA_QUANTIZE=int4" in text
    assert "language models none 10." in text
    assert not examine_device("ohlora-v4", root, "cpu", quantize="int8")[0]
    assert examine_device("ohlora-v4", root, "cpu", quantize="int4")[0]
    monkeypatch.setattr(examination, "free_bytes", lambda device: GIB)
    assert "OHLORA_LLM_BACKEND=openai" in examine_device("ohlora-v4", root, "cpu", quantize="int4")[1]


@pytest.mark.parametrize("kind", ["none", "int8"])
def test_the_plan_is_what_the_loaded_matrices_take(published_weights: Path, kind: Quantize) -> None:
    plan = plan_memory(OHLORA_V4, published_weights, kind)
    assert isinstance(plan, MemoryPlan)
    loaded = load_generator(OHLORA_V4, published_weights, torch.device("cpu"), DeviceThread(), quantize=kind)
    kept = sum(_bytes(loaded._roles[role].driver._loop._model) for role in ("output_message", "memory", "summary"))
    assert plan.bases == pytest.approx(kept, rel=0.1)


def _bytes(model: object) -> int:
    """Add up the tensors of a model, each storage once."""
    seen: dict[int, int] = {}

    def look(value: object, depth: int) -> None:
        if isinstance(value, torch.Tensor):
            seen[value.untyped_storage().data_ptr()] = value.untyped_storage().nbytes()
        elif depth and isinstance(value, list | tuple):
            for item in value:
                look(item, depth - 1)
        elif depth and type(value).__module__.startswith("engine.llm") and "lora" not in type(value).__name__:
            names = [*getattr(value, "__slots__", ()), *getattr(value, "__dict__", {})]
            for name in names:
                if name not in ("_adapters", "_ready", "_rotary", "_linears"):
                    look(getattr(value, name), depth - 1)

    look(model, 6)
    return sum(seen.values())


def test_what_is_missing_is_one_line(published_weights: Path, tmp_path: Path) -> None:
    ok, text = examine_device("ohlora-v4", tmp_path, "cpu")
    assert not ok
    assert "weights pull" in text
    assert examine_device("ohlora-v1", published_weights, "cpu", quantize="int4")[0]
    assert not examine_device("mini", tmp_path, "tpu")[0]
    broken = tmp_path / "broken"
    shutil.copytree(published_weights / "llm", broken / "llm")
    (broken / OHLORA_V4.bases["polyglot"].folders[0] / "model.safetensors").write_bytes(b"x" * 99)
    with pytest.raises(EngineError, match="is damaged"):
        plan_memory(OHLORA_V4, broken, "none")
