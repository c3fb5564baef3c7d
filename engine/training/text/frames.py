"""The hand-written dialogue frames: what is said, how she answers, what is remembered, summarised and shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from engine.training.errors import TrainingError, bad_row
from engine.training.text.particles import slots_of

Part = Literal["train", "valid", "test"]
EYES = ("작게", "보통", "크게", "아주 크게")
MOUTH = ("보통", "크게", "아주 크게")
POSE = ("없음", "보통", "많이")
_KEYS = {"id", "topic", "after", "recalled", "said", "answers", "memory", "summary", "expression"}


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; every text may have slots such as `{food:을}`.

    `after` is the summary of the turn before, `recalled` the `key: value` put before the prompt, `memory` the
    `key: value` that the turn leaves behind (None: nothing).
    """

    frame_id: str
    topic: str
    said: tuple[str, ...]
    answers: tuple[str, ...]
    summary: str
    expression: tuple[str, str, str]
    memory: str | None = None
    after: str | None = None
    recalled: str | None = None

    @property
    def part(self) -> Part:
        """Return the split this frame belongs to, fixed by its id before anything is expanded."""
        draw = int(hashlib.sha256(self.frame_id.encode()).hexdigest(), 16) % 100
        return "test" if draw < 3 else "valid" if draw < 6 else "train"


def read_frames(folder: Path, fillers: Mapping[str, Sequence[str]]) -> list[Frame]:
    """Read every `*.jsonl` of a folder.

    Raises:
        TrainingError: a row is not a frame, or names a slot that has no fillers (file and line are named).
    """
    frames = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                frames.append(_frame(json.loads(line), fillers))
            except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
                raise bad_row(path, number, f"not a dialogue frame ({error})") from error
    if not frames:
        raise TrainingError(f"{folder} has no frames; put the *.jsonl files of the profile there.")
    return frames


def _frame(row: dict[str, Any], fillers: Mapping[str, Sequence[str]]) -> Frame:
    if unknown := set(row) - _KEYS:
        raise ValueError(f"unknown field {min(unknown)}")
    eyes, mouth, pose = row["expression"]
    if eyes not in EYES or mouth not in MOUTH or pose not in POSE:
        raise ValueError("expression words")
    frame = Frame(
        frame_id=row["id"],
        topic=row["topic"],
        said=tuple(row["said"]),
        answers=tuple(row["answers"]),
        summary=row["summary"],
        expression=(eyes, mouth, pose),
        memory=row.get("memory"),
        after=row.get("after"),
        recalled=row.get("recalled"),
    )
    texts = [*frame.said, *frame.answers, frame.summary, frame.memory or "", frame.after or "", frame.recalled or ""]
    for slot in set().union(*map(slots_of, texts)):
        if slot.rstrip("2") not in fillers:
            raise ValueError(f"slot {slot} has no fillers")
    return frame


def read_fillers(path: Path) -> dict[str, tuple[str, ...]]:
    """Read the words of every slot.

    Raises:
        TrainingError: the file is not a table of word lists.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return {slot: tuple(words) for slot, words in table.items()}
    except (OSError, json.JSONDecodeError, AttributeError, TypeError) as error:
        raise TrainingError(
            f"{path} is not a table of word lists ({error}); restore it from the repository."
        ) from error
