"""Pairs of a prompt and a memory line: what should be recalled for what is said."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from engine.training.text.dialogues import Dialogue
from engine.training.text.encoder_training import EncoderBatch, Lookups

_PLAN = "일정"
_QUESTION = re.compile(r"\?|알려|기억|뭐|어디|언제|누구|무슨")
_BASE_DAY = re.compile(r" (아침|점심|저녁|오전|오후|밤)$")


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A prompt with the memory line that answers it (None: nothing does)."""

    prompt: str
    line: str | None


def key_of(line: str) -> str:
    """Return the key of a memory line `[key: value]`."""
    return line[1:].split(":", 1)[0].strip()


def asked_lines(dialogues: Sequence[Dialogue]) -> list[AskedLine]:
    """Take the prompts that recall something, and those that need nothing recalled."""
    rows = []
    for one in dialogues:
        if one.recalled:
            rows.append(AskedLine(one.said, one.recalled))
        elif one.memory is not None:  # telling something new asks for nothing, whatever its key
            rows.append(AskedLine(one.said, None))
    return rows


def agreement(asked: str | None, key: str) -> float:
    """Return the wanted cosine of a prompt answered by key `asked` with a line of `key`.

    Plans of another day are near but not it; plans of the same day at another hour are nearer.
    """
    if asked is None:
        return 0.0
    if asked == key:
        return 1.0
    if asked.endswith(_PLAN) and key.endswith(_PLAN):
        day, other = (_BASE_DAY.sub("", text.removesuffix(_PLAN).strip()) for text in (asked, key))
        return 0.8 if day == other else 0.25
    return 0.0


def lookup_batches(rows: Sequence[AskedLine], *, steps: int, size: int, seed: int) -> Iterator[EncoderBatch]:
    """Yield batches of prompts (two thirds with an answer) against all memory lines of the batch."""
    chooser = random.Random(seed)
    answered = [row for row in rows if row.line]
    plans = [row for row in answered if row.line and _PLAN in key_of(row.line)]
    others = [row for row in answered if row not in set(plans)]
    nothing = [row for row in rows if row.line is None]
    for _ in range(steps):
        chosen = chooser.sample(plans, min(len(plans), size // 3)) + chooser.sample(others, min(len(others), size // 3))
        free = chooser.sample(nothing, min(len(nothing), size // 3))
        prompts = tuple(row.prompt for row in (*chosen, *free))
        lines = tuple(row.line for row in chosen if row.line)
        keys = [key_of(row.line) if row.line else None for row in (*chosen, *free)]
        wanted = torch.tensor([[agreement(key, key_of(line)) for line in lines] for key in keys])
        yield Lookups(prompts, lines, wanted)
