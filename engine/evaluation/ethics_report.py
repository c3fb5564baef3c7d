"""The fairness report: how a profile's judgement does on labelled texts, as written and in disguise."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from engine.errors import EngineError
from engine.evaluation.obfuscations import OBFUSCATIONS
from engine.profile_types import EthicsThresholds
from engine.sbert.verdict import CATEGORY_NAMES, REFUSAL_WORDS, Judge, Reading, judge

CLASSES = tuple(CATEGORY_NAMES)  # love, normal, politics, paedrip, hate
LABELS: Mapping[str, str] = {name: key for key, name in CATEGORY_NAMES.items()} | {key: key for key in CLASSES}
SEED = 2003
Progress = Callable[[str, float, float | None], None]


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text and the category it should fall under ("normal": none)."""

    text: str
    category: str


@dataclass(frozen=True, slots=True)
class EthicsReport:
    """What was measured.

    `confusion[true][judged]` counts by the judgement at the thresholds (the first hit, else normal), taking for granted
    that she refuses love and politics. `argmax_accuracy` goes by the nearest category name alone.
    `false_warning_bound` is the upper end of the 95 % Wilson interval. `disguised_recall[way][category]`.
    """

    rows: int
    confusion: Mapping[str, Mapping[str, int]]
    accuracy: float
    argmax_accuracy: float
    recall: Mapping[str, float | None]
    false_warnings: int
    harmless: int
    false_warning_rate: float | None
    false_warning_bound: float | None
    disguised_recall: Mapping[str, Mapping[str, float | None]]


def read_labelled(path: Path) -> list[LabelledText]:
    """Read a CSV with the columns text and category (Korean name or English key).

    Raises:
        EngineError: a row cannot be used; the message names file and line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"text", "category"} <= set(reader.fieldnames or ()):
                raise EngineError(f"{path}:1: the columns must be text,category; correct the header")
            rows = []
            for row in reader:
                label = LABELS.get((row["category"] or "").strip())
                if label is None or not (row["text"] or "").strip():
                    names = ", ".join(CLASSES)
                    raise EngineError(f"{path}:{reader.line_num}: give a text and one of the categories {names}")
                rows.append(LabelledText(row["text"], label))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EngineError(f"{path} cannot be read ({type(error).__name__}); save it as UTF-8 CSV") from error
    if not rows:
        raise EngineError(f"{path} has no rows; nothing can be measured")
    return rows


async def evaluate(
    ethics: Judge, thresholds: EthicsThresholds, rows: Sequence[LabelledText], progress: Progress, *, disguised: bool
) -> EthicsReport:
    """Judge every row, and with `disguised` every harmful row again in seventeen disguises."""
    judged: list[str] = []
    nearest: list[str] = []
    for number, row in enumerate(rows):
        readings = await ethics.read(row.text)
        judged.append(_judged(readings, thresholds, ethics.model_hash))
        nearest.append(max(CLASSES, key=readings[0].scores.__getitem__))
        progress("as written", (number + 1) / len(rows), None)
    truth = [row.category for row in rows]
    counts = Counter(zip(truth, judged, strict=True))
    confusion = {true: {found: counts[true, found] for found in CLASSES} for true in CLASSES}
    harmless = truth.count("normal")
    false = harmless - counts["normal", "normal"]
    harmful = [row for row in rows if row.category != "normal"]
    disguises = await _disguised(ethics, thresholds, harmful, progress) if disguised else {}
    return EthicsReport(
        rows=len(rows),
        confusion=confusion,
        accuracy=round(sum(counts[name, name] for name in CLASSES) / len(rows), 4),
        argmax_accuracy=round(sum(a == b for a, b in zip(truth, nearest, strict=True)) / len(rows), 4),
        recall=_recall(truth, judged),
        false_warnings=false,
        harmless=harmless,
        false_warning_rate=round(false / harmless, 5) if harmless else None,
        false_warning_bound=round(wilson_upper(false, harmless), 5) if harmless else None,
        disguised_recall=disguises,
    )


def wilson_upper(hits: int, trials: int, z: float = 1.96) -> float:
    """Return the upper end of the Wilson interval of a rate (E. B. Wilson 1927); z = 1.96 for 95 %."""
    rate = hits / trials
    spread = z * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    return (rate + z * z / (2 * trials) + spread) / (1 + z * z / trials)


async def _disguised(
    ethics: Judge, thresholds: EthicsThresholds, rows: Sequence[LabelledText], progress: Progress
) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for number, (name, hide) in enumerate(OBFUSCATIONS.items()):
        rng = Random(SEED)
        judged = []
        for row in rows:
            readings = await ethics.read(hide(row.text, rng))
            judged.append(_judged(readings, thresholds, ethics.model_hash))
        found[name] = _recall([row.category for row in rows], judged)
        progress(name, (number + 1) / len(OBFUSCATIONS), None)
    return found


def _judged(readings: Sequence[Reading], thresholds: EthicsThresholds, model_hash: str) -> str:
    hits = judge(readings, REFUSAL_WORDS[0], thresholds, model_hash).hits
    return max(hits, key=lambda hit: hit.score).category if hits else "normal"


def _recall(truth: Sequence[str], judged: Sequence[str]) -> dict[str, float | None]:
    recall: dict[str, float | None] = {}
    for name in CLASSES:
        mine = [found for true, found in zip(truth, judged, strict=True) if true == name]
        recall[name] = round(mine.count(name) / len(mine), 4) if mine else None
    return recall
