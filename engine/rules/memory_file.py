"""The published store: a text of one memory line each, and the published duplicate rule.

The service keeps its memories in tables; this is the plain form that the rules were published with.
Source: behaviour specification, sections 4 and 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_SHORTEST_LINE = 3
# Not `splitlines`: only a newline ends a line of the store.
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def is_duplicate(lines: Iterable[str], item: str) -> bool:
    """Tell whether a line stands there already, spaces aside."""
    wanted = item.replace(" ", "")
    return any(line.replace(" ", "") == wanted for line in lines)


def save(content: str, items: Iterable[str]) -> str:
    """Return the text of a store after new items were added to it."""
    lines = lines_of(content)
    for item in items:
        if not is_duplicate(lines, item):
            lines.append(item)
    return "\n".join(lines) + "\n"


def pick(content: str, similarity: Mapping[str, float], threshold: float) -> str:
    """Return the line with the highest similarity of at least `threshold`, the earlier one on a tie, else "".

    Lines of fewer than three characters are skipped; a line's newline counts, its spaces do not.
    """
    best, best_score = "", float("-inf")
    for line in with_newlines(content):
        text = line.removesuffix("\n")
        if len(line.replace(" ", "")) < _SHORTEST_LINE:
            continue
        if similarity[text] >= threshold and similarity[text] > best_score:
            best, best_score = text, similarity[text]
    return best


def lines_of(content: str) -> list[str]:
    """Split a store into its lines; a last line without a newline counts."""
    return [line.removesuffix("\n") for line in with_newlines(content)]


def with_newlines(content: str) -> list[str]:
    """Split a store into its lines, each with its newline where it has one."""
    return _LINE.findall(content)
