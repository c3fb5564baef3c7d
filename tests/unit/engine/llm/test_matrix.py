"""Matrices of fewer bits, and adapters beside them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.batching import DeviceThread
from engine.llm.loading import load_generator
from engine.llm.lora import AdaptedLinear, LowRank, RowAdapters
from engine.llm.matrix import Int8Matrix, Nf4Matrix, PlainMatrix, matrix_maker
from engine.profile_types import Quantize
from engine.profiles import OHLORA_V4
from tests.unit.engine.llm.tiny import PEFT_WARNING

pytestmark = pytest.mark.filterwarnings(PEFT_WARNING)
CPU = torch.device("cpu")


def weights(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return (
        torch.randn(96, 64, generator=generator),
        torch.randn(96, generator=generator),
        torch.randn(5, 3, 64, generator=generator),
    )


@torch.inference_mode()
@pytest.mark.parametrize(("kind", "most"), [("none", 0.0), ("int8", 0.012), ("int4", 0.12)])
def test_a_product_is_as_near_as_its_bits_allow_and_rows_do_not_meet(kind: Quantize, most: float) -> None:
    weight, bias, x = weights()
    matrix = matrix_maker(kind)(weight)
    exact = x @ weight.t() + bias
    got = matrix.linear(x, bias)
    assert matrix.shape == (96, 64)
    assert float((got - exact).norm() / exact.norm()) <= most + 1e-6
    alone = torch.stack([matrix.linear(row[None], bias)[0] for row in x])
    torch.testing.assert_close(got, alone, atol=1e-4, rtol=1e-5)
    without = matrix.linear(x, None)
    torch.testing.assert_close(without + bias, got, atol=1e-4, rtol=1e-5)


@torch.inference_mode()
@pytest.mark.parametrize("kind", [Int8Matrix, Nf4Matrix])
def test_an_adapter_beside_fewer_bits_is_exact(kind: type[Int8Matrix] | type[Nf4Matrix]) -> None:
    weight, bias, x = weights()
    part = LowRank(torch.randn(4, 64) * 0.1, torch.randn(96, 4) * 0.1)
    layer, plain = AdaptedLinear(kind(weight), bias), AdaptedLinear(PlainMatrix(weight), bias)
    for adapted in (layer, plain):
        adapted.add("a", part)
    chosen, none = RowAdapters.of(["a"] * 5, torch.float32, CPU), RowAdapters.of([""] * 5, torch.float32, CPU)
    added = x @ part.down.t() @ part.up.t()
    torch.testing.assert_close(layer(x, chosen) - layer(x, none), added, atol=1e-4, rtol=1e-4)
    with pytest.raises(AssertionError, match="fewer bits"):
        layer.merge("a")
    plain.merge("a")
    torch.testing.assert_close(plain(x, none), x @ weight.t() + bias + added, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("kind", ["int8", "int4"])
async def test_a_published_folder_loads_in_fewer_bits_and_every_role_keeps_its_adapter(
    published_weights: Path, kind: Quantize
) -> None:
    thread = DeviceThread()
    thread.start()
    try:
        texts = load_generator(OHLORA_V4, published_weights, CPU, thread, quantize=kind)
        asked = [(role, f"안녕 {i}") for role in OHLORA_V4.roles for i in range(2)]
        together = await asyncio.gather(*(texts.generate(r, p, seed=1, temperature=0.6) for r, p in asked))
        assert all(one.new_tokens >= 1 for one in together)
        bare = replace(OHLORA_V4, adapters={**OHLORA_V4.adapters, "memory": OHLORA_V4.adapters["eyes_mouth_pose"]})
        other = load_generator(bare, published_weights, CPU, thread, quantize=kind)
        prompt = "안녕 (요약 시작)"
        one = await texts.generate("memory", prompt, seed=1, temperature=0.0)
        assert one != await other.generate("memory", prompt, seed=1, temperature=0.0)
    finally:
        await thread.stop(1.0)
