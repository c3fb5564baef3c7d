"""The step `sbert`: the memory encoder and the ethics encoder, and the thresholds of the profile."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from engine.training.context import Figure, Report, StepContext, Stopwatch
from engine.training.errors import TrainingError
from engine.training.text.base_steps import read_base, read_tokenizer
from engine.training.text.budgets import TEXT_BUDGETS
from engine.training.text.casual import casual_pairs
from engine.training.text.encoder import PooledEncoder
from engine.training.text.encoder_training import (
    EncoderBatch,
    encoder_loss,
    ethics_batches,
    similarity_batches,
    sts_pairs,
)
from engine.training.text.ethics_rows import (
    NORMAL,
    EthicsRow,
    abuse_rows,
    dialogue_rows,
    harmless_rows,
    written_rows,
)
from engine.training.text.expand import World, expand
from engine.training.text.loop import Checkpoint, LoopPlan, optimise
from engine.training.text.memory_pairs import AskedLine, asked_lines, lookup_batches, written_questions
from engine.training.text.rank_correlation import rank_correlation
from engine.training.text.strange_rows import strange_rows
from engine.training.text.thresholds import (
    category_scores,
    ethics_figures,
    ethics_thresholds,
    hits,
    memory_threshold,
    update_profile,
)
from engine.training.text.world_files import read_held_out, read_world

ENCODERS = ("memory", "ethics")
_BENIGN_REPEATS = 8  # our hard harmless rows are few beside the licensed ones


def make_encoders(context: StepContext, watch: Stopwatch) -> Report:
    """Train the encoder of `context.target`, or both; both start from one similarity training.

    Raises:
        TrainingError: the target is no encoder, or the base is not there.
    """
    if context.target is not None and context.target not in ENCODERS:
        raise TrainingError(f"{context.target!r} is no encoder; choose memory or ethics, or none for both.")
    world = read_world(context, corpus_share=TEXT_BUDGETS[context.budget].corpus_share)
    figures: dict[str, Figure] = {"korsts_test_spearman": _similarity(context)}
    files = []
    for name in ENCODERS if context.target is None else (context.target,):
        figures |= _memory(context, world) if name == "memory" else _ethics(context, world)
        files.append(_folder(context, name) / "model.safetensors")
    return Report("sbert", watch.seconds(), figures, tuple(files))


def _folder(context: StepContext, name: str) -> Path:
    return context.out / "weights" / "sbert" / name


def _start_file(context: StepContext) -> Path:
    return context.out / "checkpoints" / "sbert-similarity.safetensors"


def _new_encoder(context: StepContext) -> PooledEncoder:
    return PooledEncoder.from_language_model(read_base(context), read_tokenizer(context))


def _warm_encoder(context: StepContext) -> PooledEncoder:
    encoder = _new_encoder(context)
    encoder.load_state_dict(load_file(_start_file(context)))
    return encoder


def _train(
    context: StepContext, encoder: PooledEncoder, name: str, batches: Iterator[EncoderBatch], steps: int, rate: float
) -> None:
    checkpoint = Checkpoint(context.out / "checkpoints" / f"sbert-{name}")
    # Similarity batches in between keep the meaning of words that the rows of the task do not have.
    size = 8 if context.budget == "tiny" else 32
    general = similarity_batches(context.data_dir, steps=steps, size=size, seed=context.seed + 9)
    mixed = [next(general) if index % 3 == 2 else batch for index, batch in enumerate(batches)]
    optimise(
        encoder,
        mixed,
        lambda batch: encoder_loss(encoder, batch),
        LoopPlan(steps=steps, rate=rate),
        label=f"sbert {name}:",
        progress=context.progress,
        checkpoint=checkpoint,
    )
    checkpoint.clear()


def _similarity(context: StepContext) -> float:
    """Train the common start on similarity sets (once for both encoders); return KorSTS test Spearman."""
    budget, file = TEXT_BUDGETS[context.budget], _start_file(context)
    if file.is_file():
        encoder = _warm_encoder(context)
    else:
        encoder = _new_encoder(context)
        size = 8 if context.budget == "tiny" else 48
        batches = similarity_batches(context.data_dir, steps=budget.similarity_steps, size=size, seed=context.seed)
        _train(context, encoder, "similarity", batches, budget.similarity_steps, 6e-4)
        file.parent.mkdir(parents=True, exist_ok=True)
        save_file({name: value.contiguous() for name, value in encoder.state_dict().items()}, file)
    rows = sts_pairs(context.data_dir, "test")
    first, second = encoder.embed([row[0] for row in rows]), encoder.embed([row[1] for row in rows])
    return round(rank_correlation((first * second).sum(-1).numpy(), np.asarray([row[2] for row in rows])), 4)


def _memory(context: StepContext, world: World) -> dict[str, Figure]:
    budget, held_out = TEXT_BUDGETS[context.budget], read_held_out(context)
    count, size = (300, 24) if context.budget == "tiny" else (25_000, 96)
    own = expand(world, "train", count, held_out, seed=context.seed + 2, plan_share=0.45)
    licensed = casual_pairs(context.data_dir, held_out, seed=context.seed)
    questions = context.rows_dir / "recall.jsonl"
    rows = asked_lines(own) + [AskedLine(one.said, None) for one in licensed]
    rows += written_questions(questions, world.fillers, held_out, valid=False, seed=context.seed)
    encoder = _warm_encoder(context)
    batches = lookup_batches(rows, steps=budget.lookup_steps, size=size, seed=context.seed)
    _train(context, encoder, "memory", batches, budget.lookup_steps, 5e-4)
    encoder.save(_folder(context, "memory"))
    measured = asked_lines(expand(world, "valid", count // 20, held_out, seed=context.seed, plan_share=0.3))
    measured += written_questions(questions, world.fillers, held_out, valid=True, seed=context.seed)
    return _memory_figures(context, encoder, measured)


def _memory_figures(context: StepContext, encoder: PooledEncoder, rows: list[AskedLine]) -> dict[str, Figure]:
    """Give each prompt ten lines (the right one and nine others, or wrong ones alone), and choose the threshold."""
    chooser = random.Random(context.seed)
    asked = [row for row in rows if row.line]
    lines = sorted({row.line for row in asked if row.line})
    vectors = dict(zip(lines, encoder.embed(lines), strict=True))
    right, unrelated, top = [], [], 0
    for row, prompt in zip(rows, encoder.embed([row.prompt for row in rows]), strict=True):
        key = row.line.split(":")[0] if row.line else None
        others = [line for line in chooser.sample(lines, min(20, len(lines))) if line.split(":")[0] != key][:9]
        best = max((float(prompt @ vectors[line]) for line in others), default=-1.0)
        if row.line is None:
            unrelated.append(best)
        else:
            mine = float(prompt @ vectors[row.line])
            right.append(mine)
            top += mine > best
    threshold = memory_threshold(torch.tensor(right), torch.tensor(unrelated))
    update_profile(context.out / "weights", {"memory_threshold": threshold})
    return {
        "memory_threshold": threshold,
        "memory_top1_valid": round(top / max(1, len(right)), 4),
        "memory_recalled_valid": round(sum(value >= threshold for value in right) / max(1, len(right)), 4),
        "memory_refused_valid": round(sum(value < threshold for value in unrelated) / max(1, len(unrelated)), 4),
    }


def _ethics(context: StepContext, world: World) -> dict[str, Figure]:
    budget, held_out = TEXT_BUDGETS[context.budget], read_held_out(context)
    own = expand(world, "train", 300 if context.budget == "tiny" else 15_000, held_out, seed=context.seed + 3)
    folder = context.rows_dir / "ethics"
    written = written_rows(folder, "train", held_out, seed=context.seed, each=30)
    benign = [row for row in written if row.category == NORMAL]
    harmless = harmless_rows(context.data_dir, held_out, seed=context.seed)
    random.Random(context.seed).shuffle(harmless)
    measured, learned = harmless[: budget.harmless], harmless[budget.harmless :]
    rows = [
        *written,
        *benign * _BENIGN_REPEATS,
        *abuse_rows(context.data_dir, seed=context.seed),
        *dialogue_rows(own, world.frames),
        *learned,
        *strange_rows(60 if context.budget == "tiny" else 2500, seed=context.seed),
    ]
    encoder = _warm_encoder(context)
    batches = ethics_batches(
        rows, steps=budget.ethics_steps, size=16 if context.budget == "tiny" else 96, seed=context.seed
    )
    _train(context, encoder, "ethics", batches, budget.ethics_steps, 5e-4)
    encoder.save(_folder(context, "ethics"))
    return _ethics_figures(context, encoder, measured, folder)


def _ethics_figures(
    context: StepContext, encoder: PooledEncoder, harmless: list[EthicsRow], folder: Path
) -> dict[str, Figure]:
    scores = category_scores(encoder, [row.text for row in harmless])
    thresholds = ethics_thresholds(scores)
    update_profile(context.out / "weights", {"ethics_thresholds": thresholds})
    figures: dict[str, Figure] = {f"threshold_{name}": value for name, value in thresholds.items()}
    figures["false_hits_licensed"] = round(hits(scores, thresholds).any(1).float().mean().item(), 4)
    test = written_rows(folder, "test", read_held_out(context), seed=context.seed, each=8)
    figures |= {f"{name}_test": value for name, value in ethics_figures(encoder, test, thresholds).items()}
    return figures
