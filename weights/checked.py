"""What a check of a file or model says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of a check: a file or model, whether it is as it should be, and what to do if not."""

    ok: bool
    name: str
    text: str
