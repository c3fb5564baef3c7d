"""Errors of the training toolkit."""

from __future__ import annotations

from pathlib import Path

from engine.errors import EngineError


class TrainingError(EngineError):
    """A training step cannot go on; the message says what to do."""


def bad_row(path: Path, line: int, reason: str) -> TrainingError:
    """Make the error for a row that cannot be used, naming file and line."""
    return TrainingError(f"{path}:{line}: {reason}; correct or remove this row and start again.")
