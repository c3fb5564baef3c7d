"""Choosing the profile's thresholds on rows that no training saw."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from engine.training.text.encoder import PooledEncoder
from engine.training.text.ethics_rows import CATEGORIES, HATE, LOVE, NORMAL, PAEDRIP, POLITICS, EthicsRow

PROFILE_FILE = "profile.json"
_NAMES: Mapping[str, str] = {LOVE: "love", POLITICS: "politics", PAEDRIP: "paedrip", HATE: "hate"}
# Together under 0.5 %. A false block for an insult to parents or hate is worse than a missed one.
_FALSE_SHARE: Mapping[str, float] = {LOVE: 0.0015, POLITICS: 0.001, PAEDRIP: 0.0006, HATE: 0.0024}
_LOWEST, _HIGHEST, NORMAL_VETO = 0.5, 0.9, 0.5


def category_scores(encoder: PooledEncoder, texts: Sequence[str]) -> torch.Tensor:
    """Return the cosine of each text with each category name: (N, 5) float32, in the order of `CATEGORIES`."""
    return encoder.embed(list(texts)) @ encoder.embed(list(CATEGORIES)).T


def ethics_thresholds(harmless: torch.Tensor) -> dict[str, float]:
    """Choose the lowest thresholds that keep each category's false hits on harmless text under its share.

    Args:
        harmless: (N, 5) scores of harmless rows.
    """
    free = harmless[harmless[:, CATEGORIES.index(NORMAL)] < NORMAL_VETO]
    chosen = {"normal_veto": NORMAL_VETO}
    for category, name in _NAMES.items():
        scores = free[:, CATEGORIES.index(category)].sort(descending=True).values
        allowed = int(len(harmless) * _FALSE_SHARE[category])
        bound = scores[allowed].item() + 0.01 if len(scores) > allowed else _LOWEST
        chosen[name] = round(min(max(bound, _LOWEST), _HIGHEST), 3)
    return chosen


def hits(scores: torch.Tensor, thresholds: Mapping[str, float]) -> torch.Tensor:
    """Return which categories each row falls under after the veto: (N, 5) bool."""
    limits = torch.tensor([thresholds[_NAMES[name]] if name in _NAMES else 2.0 for name in CATEGORIES])
    vetoed = scores[:, CATEGORIES.index(NORMAL)] >= thresholds["normal_veto"]
    return (scores >= limits) & ~vetoed[:, None]


def ethics_figures(
    encoder: PooledEncoder, rows: Sequence[EthicsRow], thresholds: Mapping[str, float]
) -> dict[str, float]:
    """Measure accuracy (highest cosine), and recall at the thresholds for each category."""
    scores = category_scores(encoder, [row.text for row in rows])
    right = torch.tensor([CATEGORIES.index(row.category) for row in rows])
    figures = {"accuracy": (scores.argmax(1) == right).float().mean().item()}
    hit = hits(scores, thresholds)
    for category, name in _NAMES.items():
        mine = right == CATEGORIES.index(category)
        if mine.any():
            figures[f"recall_{name}"] = hit[mine, CATEGORIES.index(category)].float().mean().item()
    benign = right == CATEGORIES.index(NORMAL)
    if benign.any():
        figures["false_hits"] = hit[benign].any(1).float().mean().item()
    return {name: round(value, 4) for name, value in figures.items()}


def memory_threshold(right: torch.Tensor, unrelated: torch.Tensor) -> float:
    """Choose the cosine that refuses 97 % of unrelated prompts, kept between 0.55 and 0.8.

    The lower end keeps plans of other days out: they are taught a cosine of 0.25 and stray up to 0.5.

    Args:
        right: (N,) cosine of prompts with the line that answers them.
        unrelated: (M,) best cosine of prompts that nothing answers.
    """
    refused = unrelated.quantile(0.97).item() if len(unrelated) else 0.5
    kept = right.quantile(0.1).item() if len(right) else 0.5
    return round(min(max((refused + kept) / 2 if kept > refused else refused, 0.55), 0.8), 3)


def update_profile(folder: Path, values: Mapping[str, Any]) -> Path:
    """Merge measured values into `profile.json`."""
    path = folder / PROFILE_FILE
    content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**content, **values}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
