"""A line that tells how far a long piece of work is."""

from __future__ import annotations

import sys
import time

import click

EVERY_S = 1.0


class Bar:
    """Shows progress and time left on one line of a terminal, on lines of their own in a log."""

    def __init__(self) -> None:
        self._shown_at = 0.0

    def show(self, message: str, share: float, seconds_left: float | None) -> None:
        """Write how far a step is, at most once a second."""
        now = time.monotonic()
        if now - self._shown_at < EVERY_S and share < 1:
            return
        self._shown_at = now
        left = "" if seconds_left is None else f", {seconds_left:.0f} s left"
        line = f"    {share:4.0%} {message}{left}"
        on_terminal = sys.stderr.isatty()
        click.echo(f"\r{line:<100}" if on_terminal else line, err=True, nl=not on_terminal or share >= 1)
