"""How a pull tells what it does: a protocol, and bars on the terminal."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import TransferSpeedColumn as SpeedColumn


class PullWatch(Protocol):
    """Somebody who is told how a pull goes on."""

    def begin(self, name: str, size: int | None, have: int) -> None:
        """Start a file of `size` bytes (None: unknown), of which `have` are already here."""

    def at(self, have: int) -> None:
        """Go on from `have` bytes."""

    def advance(self, count: int) -> None:
        """Count bytes that have come."""

    def end(self) -> None:
        """Finish the file."""

    def say(self, line: str) -> None:
        """Say something in one line."""


class Bars:
    """Progress bars on standard error; where that is no terminal, one line a file."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(binary_units=True),
            SpeedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def begin(self, name: str, size: int | None, have: int) -> None:
        """Show a bar."""
        self._task = self._progress.add_task(name, total=size, completed=have)

    def at(self, have: int) -> None:
        """Set the bar."""
        if self._task is not None:
            self._progress.update(self._task, completed=have)

    def advance(self, count: int) -> None:
        """Move the bar."""
        if self._task is not None:
            self._progress.advance(self._task, count)

    def end(self) -> None:
        """Take the bar away."""
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None

    def say(self, line: str) -> None:
        """Print a line above the bars."""
        self._console.print(line, markup=False, soft_wrap=True)
