"""Roles on models loaded from folders, through the device thread."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.batching import DeviceThread
from engine.errors import EngineError
from engine.llm.attention import AttentionPlan
from engine.llm.causal_model import CausalModel
from engine.llm.decode_loop import DecodeLoop
from engine.llm.kv_cache import CacheShape
from engine.llm.loading import load_generator
from engine.llm.local_generator import LocalGenerator, LocalRole, LoopDriver
from engine.llm.lora import RowAdapters
from engine.llm.sampling import Sampling
from engine.llm.tokenization import Tokenization
from engine.profile_types import RoleSpec
from engine.profiles import OHLORA_V1, OHLORA_V4
from engine.turn_types import RoleName
from tests.unit.engine.llm.tiny import (
    PEFT_WARNING,
    save_adapter,
    save_base,
    tiny_llama,
    tiny_neox,
    tiny_tokenizer,
)

pytestmark = pytest.mark.filterwarnings(PEFT_WARNING)
CPU = torch.device("cpu")


@pytest.fixture
async def device() -> AsyncIterator[DeviceThread]:
    thread = DeviceThread()
    thread.start()
    yield thread
    await thread.stop(5.0)


async def test_published_folders_load_and_all_roles_answer_together(
    published_weights: Path, device: DeviceThread
) -> None:
    # bfloat16 rounds differently in different batches; float32 shows that the rows are the same.
    bases = {key: replace(base, precision="float32") for key, base in OHLORA_V4.bases.items()}
    texts = load_generator(replace(OHLORA_V4, bases=bases), published_weights, CPU, device)
    asked: list[tuple[RoleName, str]] = [(role, f"안녕 {role} {i}") for role in OHLORA_V4.roles for i in range(3)]
    together = await asyncio.gather(
        *(texts.generate(role, prompt, seed=i, temperature=0.6) for i, (role, prompt) in enumerate(asked))
    )
    for i, (role, prompt) in enumerate(asked):
        assert await texts.generate(role, prompt, seed=i, temperature=0.6) == together[i]
        assert 1 <= together[i].new_tokens <= OHLORA_V4.roles[role].max_new_tokens
    assert texts.count_tokens("output_message", "안녕") == len(tiny_tokenizer().encode("안녕").ids)


async def test_v4_runs_in_its_own_precision(published_weights: Path, device: DeviceThread) -> None:
    texts = load_generator(OHLORA_V4, published_weights, CPU, device)
    results = await asyncio.gather(*(texts.generate(role, "안녕", seed=1, temperature=0.6) for role in OHLORA_V4.roles))
    assert all(result.new_tokens >= 1 for result in results)


async def test_v1_loads_its_one_role(published_weights: Path, device: DeviceThread) -> None:
    texts = load_generator(OHLORA_V1, published_weights, CPU, device)
    assert (await texts.generate("output_message", "안녕 (답변 시작)", seed=1, temperature=0.6)).new_tokens >= 1


async def test_another_seed_or_a_warmer_attempt_gives_another_text(
    published_weights: Path, device: DeviceThread
) -> None:
    texts = load_generator(OHLORA_V1, published_weights, CPU, device)
    found = {
        (await texts.generate("output_message", "안녕", seed=seed, temperature=temperature)).text
        for seed in (1, 2)
        for temperature in (0.6, 1.6)
    }
    assert len(found) >= 3


def test_what_is_missing_or_broken_is_named(published_weights: Path, tmp_path: Path) -> None:
    thread = DeviceThread()
    with pytest.raises(EngineError, match="weights pull --profile ohlora-v1"):
        load_generator(OHLORA_V1, tmp_path, CPU, thread)
    base = tmp_path / "llm" / "models" / "polyglot_original"
    save_base(tiny_neox(), base)
    with pytest.raises(EngineError, match="adapter of output_message"):
        load_generator(OHLORA_V1, tmp_path, CPU, thread)
    adapter = tmp_path / "llm" / "models" / "polyglot_fine_tuned"
    save_adapter(tiny_llama(), adapter, seed=1)
    with pytest.raises(EngineError, match="is for another base"):
        load_generator(OHLORA_V1, tmp_path, CPU, thread)
    (adapter / "adapter_model.safetensors").write_bytes(b"\x00" * 40)
    with pytest.raises(EngineError, match=r"adapter in .* is damaged"):
        load_generator(OHLORA_V1, tmp_path, CPU, thread)
    (base / "model.safetensors").write_bytes(b"\x00" * 40)
    with pytest.raises(EngineError, match=r"model\.safetensors is damaged"):
        load_generator(OHLORA_V1, tmp_path, CPU, thread)
    (base / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    with pytest.raises(EngineError, match="is of type gpt2"):
        load_generator(OHLORA_V1, tmp_path, CPU, thread)


def test_a_base_that_lacks_tensors_is_refused(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    base = tmp_path / "llm" / "models" / "polyglot_original"
    save_base(tiny_neox(), base)
    tensors = load_file(base / "model.safetensors")
    del tensors["gpt_neox.layers.1.mlp.dense_4h_to_h.weight"]
    save_file(tensors, base / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EngineError, match="lacks 1 tensors"):
        load_generator(OHLORA_V1, tmp_path, CPU, DeviceThread())


class CopyModel(CausalModel):
    """A toy that says its prompt again, token by token, from what the row itself has in its cache."""

    def __init__(self) -> None:
        super().__init__(CacheShape(1, 4, torch.float32, CPU), longest=512)
        self.batches: list[int] = []
        self.fails_on: int | None = None

    def forward(self, tokens: Tensor, plan: AttentionPlan, adapters: RowAdapters, last: Tensor) -> Tensor:
        self.batches.append(len(tokens))
        if self.fails_on is not None and self.fails_on in tokens:
            raise RuntimeError("device error")
        rows, length = tokens.shape
        kept = tokens[:, :, None, None, None].expand(rows, length, 2, 1, 2).float()
        plan.attend(0, torch.zeros(rows, 1, length, 2), kept, heads_last=True)
        cache = plan._cache.layers[0]  # type: ignore[attr-defined]
        first = plan._rows.start if length > 1 or not hasattr(plan, "_places") else 0  # type: ignore[attr-defined]
        logits = torch.full((rows, 300), -100.0)
        for index in range(rows):
            said = cache[first + index, :, 0].long().tolist()
            place = int(plan.positions[index, -1 if length == 1 else int(last[index])])
            end = said.index(299)
            logits[index, said[place - end] if place >= end else 0] = 100.0
        return logits


def copying(device: DeviceThread, model: CopyModel) -> LocalGenerator:
    spec = RoleSpec(suffix="", stop="\n", temperature=1.0, attempts=1, max_new_tokens=60)
    role = LocalRole(LoopDriver(device, DecodeLoop(model, Sampling(), max_rows=32)), Numbers(), "", model.longest)
    return LocalGenerator({"output_message": spec}, {"output_message": role})


class Numbers(Tokenization):
    """Texts of numbers: token 10 + n for the number n, 299 ends a prompt and a text."""

    def __init__(self) -> None:
        pass

    def encode(self, text: str) -> list[int]:
        return [10 + int(word) for word in text.split()] + [299]

    def decode(self, ids: Sequence[int]) -> str:
        return " ".join(str(token - 10) if token != 299 else "\n" for token in ids)

    def ends_with_stop(self, ids: Sequence[int], stop: str) -> bool:
        return ids[-1] == 299


async def test_two_thousand_turns_never_mix(device: DeviceThread) -> None:
    model = CopyModel()
    texts = copying(device, model)
    gate = asyncio.Semaphore(48)

    async def turn(number: int) -> None:
        secret = f"{number // 100} {number % 100} " + " ".join(str(number % (7 + i)) for i in range(number % 9))
        async with gate:
            got = await texts.generate("output_message", secret, seed=number, temperature=1.0)
        assert got.text.split() == secret.split(), number

    await asyncio.gather(*(turn(number) for number in range(2000)))
    assert max(model.batches) >= 16, "nothing was batched: the test proves nothing"


async def test_a_row_that_breaks_the_pass_fails_alone(device: DeviceThread) -> None:
    model = CopyModel()
    model.fails_on = 10 + 66
    texts = copying(device, model)
    prompts = ["1 2 3", "4 5", "7 66 8", "9 9 9 9"]
    results = await asyncio.gather(
        *(texts.generate("output_message", prompt, seed=1, temperature=1.0) for prompt in prompts),
        return_exceptions=True,
    )
    assert isinstance(results[2], EngineError)
    for index in (0, 1, 3):
        result = results[index]
        assert not isinstance(result, BaseException)
        assert result.text.split() == prompts[index].split()
    model.fails_on = None
    assert (await texts.generate("output_message", "7 66 8", seed=1, temperature=1.0)).text.split() == ["7", "66", "8"]


async def test_a_prompt_that_fills_the_model_is_refused(device: DeviceThread) -> None:
    texts = copying(device, CopyModel())
    with pytest.raises(EngineError, match="too long"):
        await texts.generate("output_message", "1 " * 510, seed=1, temperature=1.0)


async def test_stopping_tells_the_rows_in_hand() -> None:
    device = DeviceThread()
    texts = copying(device, CopyModel())  # the thread is never started
    task = asyncio.create_task(texts.generate("output_message", "1 2", seed=1, temperature=1.0))
    await asyncio.sleep(0.01)
    await device.stop(0.0)
    with pytest.raises(EngineError):
        await task


def test_stop_text_is_found_across_tokens_and_not_before() -> None:
    tokens = Tokenization(tiny_tokenizer())
    ids = tokens.encode("좋아! (답변 종료) 그리고")
    ends = [n for n in range(1, len(ids) + 1) if tokens.ends_with_stop(ids[:n], "(답변 종료)")]
    assert tokens.decode(ids[: ends[0]]).endswith("(답변 종료)")
    emoji = tokens.encode("그래 😊 끝")
    assert any(tokens.ends_with_stop(emoji[:n], "😊") for n in range(1, len(emoji)))


def test_role_room_counts_the_prompt_where_the_profile_says_so() -> None:
    spec = replace(OHLORA_V1.roles["output_message"], least_room=10)
    assert [spec.room(n) for n in (5, 75, 200)] == [75, 10, 10]
