"""Our way of taking turns beside the sequential way of the published program, in one run.

Both use the same weights, texts and numbers of new tokens. Before anything is measured both must choose the same
greedy tokens in float32.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import torch

from engine.assembly import LoadedProfile, assemble, settle_threads
from engine.batch_log import BatchLog, BatchSizes
from engine.batching import DeviceThread
from engine.errors import EngineError
from engine.llm.loading import load_generator
from engine.llm.prompts import prompt_for
from engine.measured_texts import NEW_TOKENS, SAID, MeasuredTexts
from engine.profile_types import Precision, Profile
from engine.profiles import load_profile
from engine.sequential_turn import SequentialProgram, SequentialTexts, SequentialTimes
from engine.turn_types import FaceChoice, MemoryEntry, Ombre, Turn

Progress = Callable[[str, float, float | None], None]  # message, share done in [0, 1], seconds left if known
_PROMPTS = ("오늘 산책 나갈까 하는데", "요즘 잠이 잘 안 와", "주말에 뭐 하고 놀지", "커피 말고 차 마시고 싶어")
_DYE = Ombre(0.55, 0.7, 0.5)
_NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
_TURNS_EACH = 2  # turns of a conversation, one after the other
_MOST_SEQUENTIAL = 4  # turns of the sequential way that are measured for one figure; the rest would take as long each


@dataclass(frozen=True, slots=True)
class Ratio:
    """Sequential time over ours, over several pairs."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TurnRow:
    """What was measured at one load.

    Times are medians over turns in milliseconds; a sequential turn's time begins when its own work begins, without its
    wait for the turns before it. `batches` tells by stage how many rows went to the device together. Memory is the peak
    so far, of both ways together.
    """

    conversations: int
    memories: int
    ratio: Ratio
    ours_to_answer_ms: float
    ours_to_image_ms: float
    ours_turns_per_s: float
    sequential_to_answer_ms: float
    sequential_to_image_ms: float
    sequential_turns_per_s: float
    batches: Mapping[str, BatchSizes]
    order_violations: int
    peak_memory_mib: float
    peak_device_memory_mib: float | None


@dataclass(frozen=True, slots=True)
class _Taken:
    """One turn of ours: seconds to answer and image, and when the image was there."""

    to_answer_s: float
    to_image_s: float
    shown_at: float


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
    progress("comparing greedy tokens in float32", 0.0, None)
    await _check_same_tokens(_in_precision(profile, "float32"), weights_dir, device)
    threads = torch.get_num_threads()
    thread = DeviceThread()
    thread.start()
    loaded: LoadedProfile | None = None
    try:
        progress("loading both ways", 0.0, None)
        program = await asyncio.to_thread(SequentialProgram, profile, weights_dir, device)
        log = BatchLog()
        generator = await asyncio.to_thread(load_generator, profile, weights_dir, device, thread, observe=log)
        texts = MeasuredTexts(generator)
        loaded = await asyncio.to_thread(assemble, profile, weights_dir, device, thread, texts, observe=log)
        await settle_threads(profile, device, thread)
        pair = _Pair(loaded, program, texts, log, device, threads)
        rows: list[TurnRow] = []
        loads = [(count, size) for count in conversations for size in memories]
        for index, (count, size) in enumerate(loads):
            progress(f"{count} conversations, {size} memories", index / len(loads), None)
            rows.append(await pair.measure(count, size, repeats))
        progress("done", 1.0, 0.0)
        return rows
    finally:
        if loaded is not None:
            await loaded.close()
        else:
            await thread.stop(0.0)


def _forced(profile: Profile) -> Profile:
    """Return the profile with numbers of new tokens as in the published logs and nothing to stop a turn."""
    if profile.rules != "v4":
        raise EngineError("bench turn needs a profile of four roles; choose mini or ohlora-v4")
    roles = {
        role: replace(spec, max_new_tokens=NEW_TOKENS[role], max_length=None, runs_on=True)
        for role, spec in profile.roles.items()
    }
    # Every turn must reach its end, whatever the weights say of it.
    ethics = replace(profile.ethics, love=1.1, politics=1.1, paedrip=1.1, hate=1.1)
    offsets = dict.fromkeys(profile.strictness_offsets, 0.0)
    return replace(profile, roles=roles, ethics=ethics, strictness_offsets=offsets, gate_tokens=None)


def _in_precision(profile: Profile, precision: Precision) -> Profile:
    bases = {key: replace(base, precision=precision) for key, base in profile.bases.items()}
    return replace(profile, bases=bases)


async def _check_same_tokens(profile: Profile, weights_dir: Path, device: torch.device) -> None:
    """Compare base after base, so that no more than one lies on the device in both ways."""
    for key, base in profile.bases.items():
        roles = {role: adapter for role, adapter in profile.adapters.items() if adapter.base == key}
        part = replace(profile, bases={key: base}, adapters=roles)
        thread = DeviceThread()
        thread.start()
        try:
            ours = await asyncio.to_thread(load_generator, part, weights_dir, device, thread)
            for role in roles:
                alone = replace(part, adapters={role: roles[role]})
                theirs = await asyncio.to_thread(SequentialTexts, alone, weights_dir, device)
                for said in _PROMPTS:
                    prompt = prompt_for(role, profile.roles, said, SAID["output_message"])
                    expected = await asyncio.to_thread(theirs.generate, role, prompt, seed=1, temperature=0.0)
                    if (await ours.generate(role, prompt, seed=1, temperature=0.0)).text != expected:
                        raise EngineError(
                            f"The two ways differ in greedy tokens of {role}; the bench would compare unlike work"
                        )
                del theirs
        finally:
            await thread.stop(0.0)
        del ours
        gc.collect()
        if device.type == "cuda":
            torch.cuda.empty_cache()


class _Pair:
    """Both ways, loaded."""

    def __init__(
        self,
        loaded: LoadedProfile,
        program: SequentialProgram,
        texts: MeasuredTexts,
        log: BatchLog,
        device: torch.device,
        threads: int,
    ) -> None:
        self._loaded = loaded
        self._program = program
        self._texts = texts
        self._log = log
        self._device = device
        self._threads = threads

    async def measure(self, count: int, size: int, repeats: int) -> TurnRow:
        """Measure one load."""
        conversations = await self._conversations(count, size)
        turns = [turn for conversation in conversations for turn in conversation]
        ratios: list[float] = []
        sequential: list[SequentialTimes] = []
        ours: list[_Taken] = []
        spent_s = {"ours": 0.0, "sequential": 0.0}
        wrong = 0
        self._log.clear()
        for _ in range(repeats):
            sequential_s = await self._sequential(turns, sequential)
            start = time.perf_counter()
            taken = await asyncio.gather(*(self._converse(conversation) for conversation in conversations))
            ours_s = time.perf_counter() - start
            for conversation, steps in zip(conversations, taken, strict=True):
                wrong += self._texts.order_violations(conversation, [step.shown_at for step in steps])
                ours += steps
            ratios.append(sequential_s / ours_s)
            spent_s = {"ours": spent_s["ours"] + ours_s, "sequential": spent_s["sequential"] + sequential_s}
        return TurnRow(
            conversations=count,
            memories=size,
            ratio=Ratio(round(median(ratios), 2), round(min(ratios), 2), round(max(ratios), 2)),
            ours_to_answer_ms=_median_ms([step.to_answer_s for step in ours]),
            ours_to_image_ms=_median_ms([step.to_image_s for step in ours]),
            ours_turns_per_s=round(len(turns) * repeats / spent_s["ours"], 3),
            sequential_to_answer_ms=_median_ms([one.to_answer_s for one in sequential]),
            sequential_to_image_ms=_median_ms([one.to_image_s for one in sequential]),
            sequential_turns_per_s=round(len(turns) * repeats / spent_s["sequential"], 3),
            batches=self._log.sizes(),
            order_violations=wrong,
            peak_memory_mib=_peak_memory_mib(),
            peak_device_memory_mib=_peak_device_memory_mib(self._device),
        )

    async def _conversations(self, count: int, size: int) -> list[list[Turn]]:
        """Return turns whose memories have their embeddings, as the service keeps them; both ways are warm then."""
        first = _turn(0, 0, _memories(size))
        warm = await self._loaded.engine.answer(first)
        if warm.show is None:
            raise EngineError(f"A turn of the bench ended as {warm.outcome}; report it with the profile used")
        await self._loaded.engine.show(warm.show)
        await self._sequential([first], [])
        kept = tuple(
            replace(entry, embedding=warm.embeddings.get(entry.entry_id or 0, entry.embedding))
            for entry in first.memories
        )
        return [[_turn(number, index, kept) for index in range(_TURNS_EACH)] for number in range(count)]

    async def _sequential(self, turns: Sequence[Turn], times: list[SequentialTimes]) -> float:
        """Take turns one after the other; return seconds for all of them."""
        few = turns[:_MOST_SEQUENTIAL]
        start = time.perf_counter()
        times += [await asyncio.to_thread(self._sequential_turn, turn) for turn in few]
        return (time.perf_counter() - start) * len(turns) / len(few)

    def _sequential_turn(self, turn: Turn) -> SequentialTimes:
        torch.set_num_threads(self._threads)  # our way may have set another number for new threads
        return self._program.turn(turn, SAID, _DYE, time.perf_counter)

    async def _converse(self, conversation: Sequence[Turn]) -> list[_Taken]:
        return [await self._take(turn) for turn in conversation]

    async def _take(self, turn: Turn) -> _Taken:
        start = time.perf_counter()
        answered = await self._loaded.engine.answer(turn)
        to_answer = time.perf_counter() - start
        if answered.show is None:
            raise EngineError(f"A turn of the bench ended as {answered.outcome}; report it with the profile used")
        await self._loaded.engine.show(answered.show)
        shown_at = time.perf_counter()
        return _Taken(to_answer, shown_at - start, shown_at)


def _memories(size: int) -> tuple[MemoryEntry, ...]:
    return tuple(
        MemoryEntry(index + 1, f"취미 {index}", f"취미 번호 {index}", _NOW.date() - timedelta(days=index))
        for index in range(size)
    )


def _turn(number: int, index: int, memories: tuple[MemoryEntry, ...]) -> Turn:
    text = _PROMPTS[(number + index) % len(_PROMPTS)]
    seed = number * _TURNS_EACH + index
    return Turn(f"bench-{seed}", text, _NOW, seed=seed, memories=memories, face=FaceChoice(ombre=_DYE))


def _median_ms(seconds: Sequence[float]) -> float:
    return round(median(seconds) * 1000, 1)


def _peak_memory_mib() -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20, 1)


def _peak_device_memory_mib(device: torch.device) -> float | None:
    return round(torch.cuda.max_memory_allocated(device) / 2**20, 1) if device.type == "cuda" else None
