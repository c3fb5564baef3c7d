"""Bases stored as int8."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.errors import EngineError
from engine.llm.attention import Prefill
from engine.llm.causal_model import CausalModel
from engine.llm.int8_storage import METADATA, is_int8, read_int8, save_int8
from engine.llm.kv_cache import KvCache
from engine.llm.loading import load_base
from engine.llm.lora import RowAdapters
from engine.profiles import MINI
from tests.unit.engine.llm.tiny import save_base, tiny_llama

CPU = torch.device("cpu")


def logits(model: CausalModel) -> torch.Tensor:
    cache = KvCache(model.cache_shape)
    cache.reserve(1, 6)
    none = RowAdapters.of([""], torch.float32, CPU)
    tokens = torch.tensor([[5, 9, 200, 7, 31, 8]])
    with torch.inference_mode():
        return model.forward(tokens, Prefill(cache, 0, 1, 6, CPU), none, torch.tensor([5]))[0]


def test_a_matrix_comes_back_within_half_a_step(tmp_path: Path) -> None:
    state = {"w": torch.randn(7, 33), "zero": torch.zeros(2, 3), "b": torch.randn(9)}
    save_int8(state, tmp_path / "x.safetensors")
    back = read_int8(tmp_path / "x.safetensors")
    steps = state["w"].abs().amax(dim=1, keepdim=True) / 127
    assert ((back["w"] - state["w"]).abs() <= steps * 0.5001).all()
    assert torch.equal(back["zero"], state["zero"])
    torch.testing.assert_close(back["b"], state["b"], atol=2e-3, rtol=1e-3)


def test_a_base_stored_so_loads_with_its_tied_head(tmp_path: Path) -> None:
    save_base(tiny_llama(), tmp_path)
    exact = load_base(tmp_path, MINI.bases["mini"], CPU)
    path = tmp_path / "model.safetensors"
    assert not is_int8(path)
    save_int8(load_file(path), path)
    assert is_int8(path)
    ours, theirs = logits(load_base(tmp_path, MINI.bases["mini"], CPU)), logits(exact)
    assert torch.nn.functional.cosine_similarity(ours, theirs, dim=0) > 0.99
    tensors = load_file(path)
    del tensors["model.norm.weight"]
    save_file(tensors, path, metadata=METADATA)
    with pytest.raises(EngineError, match=r"lacks 1 tensors \(model\.norm\.weight\)"):
        load_base(tmp_path, MINI.bases["mini"], CPU)
    del tensors["model.layers.0.mlp.up_proj.weight.row_scale"]
    save_file(tensors, path, metadata=METADATA)
    with pytest.raises(EngineError, match="is damaged"):
        load_base(tmp_path, MINI.bases["mini"], CPU)
