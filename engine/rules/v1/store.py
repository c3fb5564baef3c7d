"""The v1 store: the plain memory file, without its blank lines. Source: behaviour specification, 15b and 15e."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.rules import memory_file

RECALL_THRESHOLD = 0.6
_SHORTEST_LINE = 3


def save(content: str, items: Iterable[str]) -> str:
    """Return the text of a store after new items were added; blank lines are dropped."""
    lines = [line for line in memory_file.lines_of(memory_file.save(content, items)) if line.strip()]
    return "".join(f"{line}\n" for line in lines)


def pick(content: str, similarity: Mapping[str, float], threshold: float = RECALL_THRESHOLD) -> str:
    """Return the line with the highest similarity of at least `threshold`, the earlier one on a tie, else "".

    Lines whose length with their newline is below three are skipped; spaces count, unlike in v4.
    """
    long_enough = (line for line in memory_file.with_newlines(content) if len(line) >= _SHORTEST_LINE)
    lines = [line.removesuffix("\n") for line in long_enough]
    best = max(lines, key=lambda line: similarity[line], default="")
    return best if best and similarity[best] >= threshold else ""
