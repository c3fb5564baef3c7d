"""Pairs of a prompt and a memory line: what should be recalled for what is said."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.training.errors import bad_row
from engine.training.text.dialogues import Dialogue
from engine.training.text.encoder_training import EncoderBatch, Lookups
from engine.training.text.leakage import HeldOut
from engine.training.text.particles import fill, slots_of

_PLAN = "일정"
_HOUR = re.compile(r" (아침|점심|저녁|오전|오후|밤)$")
_THIS_WEEK = re.compile(r"^이번 주 ?(?=말|[월화수목금토일]요일)")
_STARTS = ("", "", "", "", "로라야 ", "근데 ", "아 ", "있잖아 ", "음 ")
_TRIES = 40  # fillings of each written question


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A prompt with the memory line that answers it (None: nothing does)."""

    prompt: str
    line: str | None


def key_of(line: str) -> str:
    """Return the key of a memory line `[key: value]`."""
    return line[1:].split(":", 1)[0].strip()


def written_questions(
    path: Path, fillers: Mapping[str, Sequence[str]], held_out: HeldOut, *, valid: bool, seed: int
) -> list[AskedLine]:
    """Read `recall.jsonl`: lines with the prompts that ask for them; every eighth prompt is kept for the valid split.

    Raises:
        TrainingError: a row is not a line with its prompts (file and line are named).
    """
    chooser = random.Random(seed)
    rows = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(text)
            template, prompts = str(row["line"]), [str(prompt) for prompt in row["asked"]]
            names = sorted(slots_of(template))
            for index, prompt in enumerate(prompts):
                if (index % 8 == 7) != valid or held_out.resembles(prompt):
                    continue
                for _ in range(3 if valid else _TRIES):
                    line = fill(template, {name: chooser.choice(fillers[name]) for name in names})
                    said = chooser.choice(_STARTS) + (prompt.rstrip("?") if chooser.random() < 0.25 else prompt)
                    rows.append(AskedLine(said, f"[{line}]"))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise bad_row(path, number, f"not a line with its prompts ({error})") from error
    return rows


def asked_lines(dialogues: Sequence[Dialogue]) -> list[AskedLine]:
    """Take the prompts that recall something, and those that need nothing recalled."""
    rows = []
    for one in dialogues:
        if one.recalled:
            rows.append(AskedLine(one.said, one.recalled))
        elif one.memory is not None:  # telling something new asks for nothing, whatever its key
            rows.append(AskedLine(one.said, None))
    return rows


def _day(key: str) -> str:
    """Return the day of a plan's key, without the hour; 이번 주말 and 주말 are one day."""
    day = _HOUR.sub("", key.removesuffix(_PLAN).strip())
    return _THIS_WEEK.sub(lambda match: "주" if day.startswith("말", match.end()) else "", day)


def agreement(asked: str | None, key: str) -> float:
    """Return the wanted cosine of a prompt answered by key `asked` with a line of `key`.

    Plans of another day are near but not it; plans of the same day at another hour are nearer.
    """
    if asked is None:
        return 0.0
    if asked == key:
        return 1.0
    if asked.endswith(_PLAN) and key.endswith(_PLAN):
        return 0.85 if _day(asked) == _day(key) else 0.25
    return 0.0


def lookup_batches(rows: Sequence[AskedLine], *, steps: int, size: int, seed: int) -> Iterator[EncoderBatch]:
    """Yield batches of prompts (half with an answer) against all memory lines of the batch."""
    chooser = random.Random(seed)
    answered = [(row.prompt, row.line) for row in rows if row.line]
    plans = [pair for pair in answered if _PLAN in key_of(pair[1])]
    others = [pair for pair in answered if _PLAN not in key_of(pair[1])]
    nothing = [row.prompt for row in rows if row.line is None]
    for _ in range(steps):
        chosen = chooser.sample(plans, min(len(plans), size // 5))
        chosen += chooser.sample(others, min(len(others), size // 3))
        free = chooser.sample(nothing, min(len(nothing), size // 2))
        lines = tuple(line for _, line in chosen)
        keys: list[str | None] = [key_of(line) for line in lines]
        keys += [None] * len(free)
        wanted = torch.tensor([[agreement(key, key_of(line)) for line in lines] for key in keys])
        yield Lookups((*(prompt for prompt, _ in chosen), *free), lines, wanted)
