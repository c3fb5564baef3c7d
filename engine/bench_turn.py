"""Our way of taking turns beside the sequential way of the published program, in one run.

Both use the same weights, texts and numbers of new tokens. Before anything is measured both must choose the same
greedy tokens in float32.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import torch

from engine.assembly import LoadedProfile, assemble
from engine.batching import DeviceThread
from engine.errors import EngineError
from engine.llm.loading import load_generator
from engine.llm.prompts import prompt_for
from engine.profile_types import Profile
from engine.profiles import load_profile
from engine.sequential_turn import SequentialProgram, SequentialTimes
from engine.stages import Generated, TextGenerator
from engine.turn_types import FaceChoice, MemoryEntry, Ombre, RoleName, Turn

Progress = Callable[[str, float, float | None], None]  # message, share done in [0, 1], seconds left if known
NEW_TOKENS: Mapping[RoleName, int] = {"output_message": 31, "memory": 10, "summary": 18, "eyes_mouth_pose": 20}
SAID: Mapping[RoleName, str] = {
    "output_message": " 그래, 오늘도 힘내자! (답변 종료)",
    "memory": " [오늘 일정: 산책] (요약 종료)",
    "summary": " 서로 인사를 나눔 (요약 종료)",
    "eyes_mouth_pose": " 눈 크게, 입 보통, 고개 돌림 없음 (표정 출력 종료)",
}
_PROMPTS = ("오늘 산책 나갈까 하는데", "요즘 잠이 잘 안 와", "주말에 뭐 하고 놀지", "커피 말고 차 마시고 싶어")
_DYE = Ombre(0.55, 0.7, 0.5)
_NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
_MOST_SEQUENTIAL = 4  # turns of the sequential way that are measured for one figure; the rest would take as long each


@dataclass(frozen=True, slots=True)
class Ratio:
    """Sequential time over ours, over several pairs."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TurnRow:
    """What was measured at one load. Times are medians over turns, in milliseconds."""

    conversations: int
    memories: int
    ratio: Ratio
    ours_to_answer_ms: float
    ours_to_image_ms: float
    sequential_to_answer_ms: float
    sequential_to_image_ms: float
    texts_side_by_side: int
    order_violations: int
    peak_memory_mib: float


class MeasuredTexts:
    """Lets every role do its whole work, then says something that the rules accept."""

    def __init__(self, inner: TextGenerator) -> None:
        self._inner = inner
        self._running = 0
        self.most_running = 0

    def count_tokens(self, role: RoleName, text: str) -> int:
        """Count tokens. See `TextGenerator.count_tokens`."""
        return self._inner.count_tokens(role, text)

    async def generate(self, role: RoleName, prompt: str, *, seed: int, temperature: float) -> Generated:
        """Generate, and return the fixed text. See `TextGenerator.generate`."""
        self._running += 1
        self.most_running = max(self.most_running, self._running)
        try:
            await self._inner.generate(role, prompt, seed=seed, temperature=temperature)
        finally:
            self._running -= 1
        return Generated(SAID[role], NEW_TOKENS[role] - 1)


async def bench_turn(
    progress: Progress,
    profile_name: str,
    weights_dir: Path,
    *,
    device: torch.device,
    conversations: Sequence[int] = (1, 8, 32),
    memories: Sequence[int] = (5, 20, 100),
    repeats: int = 3,
) -> list[TurnRow]:
    """Measure both ways in pairs at every load.

    Raises:
        EngineError: weights are missing, or the two ways do not choose the same greedy tokens.
    """
    profile = _forced(load_profile(profile_name, weights_dir))
    thread = DeviceThread()
    thread.start()
    loaded: LoadedProfile | None = None
    try:
        progress("loading both ways", 0.0, None)
        program = await asyncio.to_thread(SequentialProgram, profile, weights_dir, device)
        generator = await asyncio.to_thread(load_generator, profile, weights_dir, device, thread)
        await _check_same_tokens(profile, generator, program)
        texts = MeasuredTexts(generator)
        loaded = await asyncio.to_thread(assemble, profile, weights_dir, device, thread, texts)
        rows: list[TurnRow] = []
        loads = [(count, size) for count in conversations for size in memories]
        for index, (count, size) in enumerate(loads):
            progress(f"{count} conversations, {size} memories", index / len(loads), None)
            rows.append(await _measure(loaded, program, texts, count, size, repeats))
        progress("done", 1.0, 0.0)
        return rows
    finally:
        if loaded is not None:
            await loaded.close()
        else:
            await thread.stop(0.0)


def _forced(profile: Profile) -> Profile:
    """Return the profile in float32, with numbers of new tokens as in the published logs and nothing to stop them."""
    if profile.rules != "v4":
        raise EngineError("bench turn needs a profile of four roles; choose mini or ohlora-v4")
    roles = {
        role: replace(spec, max_new_tokens=NEW_TOKENS[role], max_length=None, runs_on=True)
        for role, spec in profile.roles.items()
    }
    bases = {key: replace(base, precision="float32") for key, base in profile.bases.items()}
    # Every turn must reach its end, whatever the weights say of it.
    ethics = replace(profile.ethics, love=1.1, politics=1.1, paedrip=1.1, hate=1.1)
    offsets = dict.fromkeys(profile.strictness_offsets, 0.0)
    return replace(profile, roles=roles, bases=bases, ethics=ethics, strictness_offsets=offsets, gate_tokens=None)


async def _check_same_tokens(profile: Profile, texts: TextGenerator, program: SequentialProgram) -> None:
    for role in profile.roles:
        for said in _PROMPTS:
            prompt = prompt_for(role, profile.roles, said, SAID["output_message"])
            theirs = await asyncio.to_thread(program.generate, role, prompt, seed=1, temperature=0.0)
            ours = await texts.generate(role, prompt, seed=1, temperature=0.0)
            if ours.text != theirs:
                raise EngineError(
                    f"The two ways differ in greedy tokens of {role}; the bench would compare unlike work"
                )


async def _measure(
    loaded: LoadedProfile, program: SequentialProgram, texts: MeasuredTexts, count: int, size: int, repeats: int
) -> TurnRow:
    turns = [_turn(number, size) for number in range(count)]
    warm = await loaded.engine.answer(turns[0])
    kept = tuple(
        replace(entry, embedding=warm.embeddings.get(entry.entry_id or 0, entry.embedding))
        for entry in turns[0].memories
    )
    turns = [replace(turn, memories=kept) for turn in turns]
    few = turns[:_MOST_SEQUENTIAL]
    ratios: list[float] = []
    sequential: list[SequentialTimes] = []
    ours: list[tuple[float, float]] = []
    texts.most_running = 0
    for _ in range(repeats):
        start = time.perf_counter()
        sequential += [await asyncio.to_thread(program.turn, turn, SAID, _DYE, time.perf_counter) for turn in few]
        sequential_s = (time.perf_counter() - start) * count / len(few)
        start = time.perf_counter()
        ours += await asyncio.gather(*(_take(loaded, turn) for turn in turns))
        ratios.append(sequential_s / (time.perf_counter() - start))
    return TurnRow(
        conversations=count,
        memories=size,
        ratio=Ratio(round(median(ratios), 2), round(min(ratios), 2), round(max(ratios), 2)),
        ours_to_answer_ms=_median_ms([answer for answer, _ in ours]),
        ours_to_image_ms=_median_ms([image for _, image in ours]),
        sequential_to_answer_ms=_median_ms([one.to_answer_s for one in sequential]),
        sequential_to_image_ms=_median_ms([one.to_image_s for one in sequential]),
        texts_side_by_side=texts.most_running,
        order_violations=sum(answer > image for answer, image in ours),
        peak_memory_mib=_peak_memory_mib(),
    )


async def _take(loaded: LoadedProfile, turn: Turn) -> tuple[float, float]:
    start = time.perf_counter()
    answered = await loaded.engine.answer(turn)
    to_answer = time.perf_counter() - start
    if answered.show is None:
        raise EngineError(f"A turn of the bench ended as {answered.outcome}; report it with the profile used")
    await loaded.engine.show(answered.show)
    return to_answer, time.perf_counter() - start


def _turn(number: int, size: int) -> Turn:
    memories = tuple(
        MemoryEntry(index + 1, f"취미 {index}", f"취미 번호 {index}", _NOW.date() - timedelta(days=index))
        for index in range(size)
    )
    text = _PROMPTS[number % len(_PROMPTS)]
    return Turn(f"bench-{number}", text, _NOW, seed=number, memories=memories, face=FaceChoice(ombre=_DYE))


def _median_ms(seconds: Sequence[float]) -> float:
    return round(median(seconds) * 1000, 1)


def _peak_memory_mib() -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20, 1)
