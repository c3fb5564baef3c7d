"""Losses and batches that teach a sentence encoder: similarity, memory retrieval, ethics categories."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional

from engine.training.text.corpora import clean, read_columns
from engine.training.text.encoder import PooledEncoder
from engine.training.text.ethics_rows import CATEGORIES, EthicsRow

_SCALE = 20.0  # inverse temperature of the contrastive losses


@dataclass(frozen=True, slots=True)
class ScoredPairs:
    """Sentence pairs with a similarity in [0, 1]."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    score: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Paraphrases:
    """Pairs of the same meaning; every other pair of the batch means something else."""

    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lookups:
    """Prompts and memory lines with the wanted cosine of each with each: (P, L) in [0, 1]."""

    prompts: tuple[str, ...]
    lines: tuple[str, ...]
    wanted: torch.Tensor


@dataclass(frozen=True, slots=True)
class Judged:
    """Prompts with the index of their category name."""

    prompts: tuple[str, ...]
    category: tuple[int, ...]


EncoderBatch = ScoredPairs | Paraphrases | Lookups | Judged


def encoder_loss(encoder: PooledEncoder, batch: EncoderBatch) -> torch.Tensor:
    """Return the loss of one batch; cosine MSE as published, with contrast where negatives come for free."""
    if isinstance(batch, ScoredPairs):
        vectors = encoder([*batch.first, *batch.second])
        half = len(batch.first)
        cosine = (vectors[:half] * vectors[half:]).sum(-1)
        return functional.mse_loss(cosine, torch.tensor(batch.score))
    if isinstance(batch, Paraphrases):
        vectors = encoder([*batch.first, *batch.second])
        half = len(batch.first)
        return functional.cross_entropy(_SCALE * vectors[:half] @ vectors[half:].T, torch.arange(half)) * 0.3
    if isinstance(batch, Lookups):
        return _lookup_loss(encoder, batch)
    vectors = encoder([*batch.prompts, *CATEGORIES])
    cosine = vectors[: -len(CATEGORIES)] @ vectors[-len(CATEGORIES) :].T
    right = torch.tensor(batch.category)
    wanted = functional.one_hot(right, len(CATEGORIES)).float()
    return functional.mse_loss(cosine, wanted) + 0.2 * functional.cross_entropy(10 * cosine, right)


def _lookup_loss(encoder: PooledEncoder, batch: Lookups) -> torch.Tensor:
    vectors = encoder([*batch.prompts, *batch.lines])
    cosine = vectors[: len(batch.prompts)] @ vectors[len(batch.prompts) :].T
    error = (cosine - batch.wanted) ** 2
    # Few of the pairs of a batch belong together; both kinds count alike.
    together = batch.wanted > 0.9
    apart = ~together
    loss = error[apart].mean() + error[together].mean() if together.any() else error.mean()
    # The hardest wrong line of each prompt matters most for what is recalled.
    worst = (cosine - batch.wanted).masked_fill(together, -1.0).max(dim=1).values
    return loss + 0.3 * functional.relu(worst - 0.2).mean()


def sts_pairs(data_dir: Path, name: str) -> list[tuple[str, str, float]]:
    """Read a KorSTS split ("train", "dev" or "test") with scores scaled to [0, 1]."""
    rows = read_columns(data_dir / f"korsts/sts-{name}.tsv.xz", 7, header=True)
    return [(clean(row[5]), clean(row[6]), float(row[4]) / 5) for row in rows]


def paraphrase_groups(data_dir: Path) -> list[list[str]]:
    """Read groups of sentences that say the same: every 10 neighbours of StyleKQC and ParaKQC."""
    groups = []
    for name, column in (("stylekqc/act_train.tsv.xz", 1), ("parakqc/paraKQC_v1.txt.xz", 2)):
        header = name.startswith("stylekqc")
        texts = [clean(row[column]) for row in read_columns(data_dir / name, column + 1, header=header)]
        groups += [texts[first : first + 10] for first in range(0, len(texts) - 9, 10)]
    for row in read_columns(data_dir / "question_pair/train.txt.xz", 3, header=True):
        if row[2].strip() == "0" and row[0] != row[1]:
            groups.append([clean(row[0]), clean(row[1])])
    return groups


def similarity_batches(data_dir: Path, *, steps: int, size: int, seed: int) -> Iterator[EncoderBatch]:
    """Yield batches of similarity training: scored pairs and paraphrases in turn."""
    chooser = random.Random(seed)
    scored, groups = sts_pairs(data_dir, "train"), paraphrase_groups(data_dir)
    for step in range(steps):
        if step % 2:
            pairs = [chooser.sample(group, 2) for group in chooser.sample(groups, size)]
            yield Paraphrases(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))
        else:
            rows = chooser.sample(scored, size)
            yield ScoredPairs(*(tuple(column) for column in zip(*rows, strict=True)))


def ethics_batches(rows: Sequence[EthicsRow], *, steps: int, size: int, seed: int) -> Iterator[EncoderBatch]:
    """Yield batches in which half of the prompts are harmless and the other categories share the rest."""
    chooser = random.Random(seed)
    by_category = {name: [row.text for row in rows if row.category == name] for name in CATEGORIES}
    present = [name for name in CATEGORIES if by_category[name]]
    shares = [5.0 if name == "일반" else 1.5 if name == "혐오/기타" else 1.0 for name in present]
    for _ in range(steps):
        names = chooser.choices(present, shares, k=size)
        prompts = tuple(chooser.choice(by_category[name]) for name in names)
        yield Judged(prompts, tuple(CATEGORIES.index(name) for name in names))
