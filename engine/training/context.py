"""What a training step is given and what it reports."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Budget = Literal["tiny", "small", "full"]
Progress = Callable[[str, float, float | None], None]  # message, share done in [0, 1], seconds left if known
Figure = float | int | str
DATA_DIR_VARIABLE = "OHLORA_CORPORA_DIR"


def default_data_dir(repo_root: Path) -> Path:
    """Return the folder of the licensed text: OHLORA_CORPORA_DIR, else `../shared/data` beside the repository."""
    named = os.environ.get(DATA_DIR_VARIABLE)
    return Path(named) if named else repo_root.parent / "shared" / "data"


def silent(message: str, share: float, seconds_left: float | None) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class StepContext:
    """Everything a step may use.

    `target` narrows steps that make several things (a role of `lm-role`, an encoder of `sbert`); None means all.
    `rows_dir` holds the rows written for the profile; `data_dir` the licensed text, which is read and never copied.
    """

    out: Path
    rows_dir: Path
    data_dir: Path
    budget: Budget = "small"
    seed: int = 2003
    profile: str = "mini"
    target: str | None = None
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class Report:
    """The figures a step measured and the files it wrote."""

    step: str
    seconds: float
    figures: Mapping[str, Figure] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    def write(self, folder: Path) -> Path:
        """Write `report-<step>.json` into `folder` and return its path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"report-{self.step}.json"
        content = {
            "step": self.step,
            "seconds": round(self.seconds, 1),
            "figures": dict(self.figures),
            "files": [
                str(file.relative_to(folder)) if file.is_relative_to(folder) else file.name for file in self.files
            ],
        }
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path


Step = Callable[[StepContext], Report]


class Stopwatch:
    """Measures a step and estimates what is left."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def seconds(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self._start

    def seconds_left(self, share: float) -> float | None:
        """Estimate the seconds left when `share` in (0, 1] is done."""
        return None if share <= 0 else self.seconds() * (1 - share) / share
