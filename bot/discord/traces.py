"""Errors as log lines show them: what and where, without the words of the error, which may quote a person."""

from __future__ import annotations

import traceback
from pathlib import Path


def trace_of(error: BaseException) -> str:
    """Return the type of an error and the place where it was raised, such as `KeyError at inbox.py:40`."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    return f"{type(error).__name__} at {Path(frames[-1].filename).name}:{frames[-1].lineno}"
