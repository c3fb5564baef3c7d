"""Memories in square brackets inside an answer. Source: behaviour specification, section 15d."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE_BREAK = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Spoken:
    """An answer taken apart: what is shown, and the memory lines found, right to left."""

    shown: str
    memories: tuple[str, ...]


def take_memories(answer: str) -> Spoken:
    """Cut the brackets out of an answer; those with a colon inside are memories.

    Outermost brackets are cut whole; brackets inside a memory and brackets without a partner lose their signs only.
    """
    pairs, strays = _pairs(answer)
    shown, memories, position = [], [], 0
    for start, end in pairs:
        shown.append(_without(answer, position, start, strays))
        inside = answer[start + 1 : end].replace("[", "").replace("]", "")
        if ":" in inside:
            memories.append(f"[{_LINE_BREAK.sub(' ', inside)}]")
        position = end + 1
    shown.append(_without(answer, position, len(answer), strays))
    return Spoken(shown="".join(shown), memories=tuple(reversed(memories)))


def entries(memories: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return the keys and values of memory lines in the order they were said; incomplete ones are left out."""
    split = (memory[1:-1].partition(":") for memory in reversed(memories))
    return tuple((key.strip(), value.strip()) for key, _, value in split if key.strip() and value.strip())


def _pairs(answer: str) -> tuple[list[tuple[int, int]], frozenset[int]]:
    open_: list[int] = []
    pairs: list[tuple[int, int]] = []
    strays: set[int] = set()
    for position, character in enumerate(answer):
        if character == "[":
            open_.append(position)
        elif character == "]" and open_:
            start = open_.pop()
            pairs = [pair for pair in pairs if pair[0] < start]  # inner pairs go with the outer one
            pairs.append((start, position))
        elif character == "]":
            strays.add(position)
    return pairs, frozenset(strays.union(open_))


def _without(answer: str, start: int, end: int, strays: frozenset[int]) -> str:
    return "".join(answer[i] for i in range(start, end) if i not in strays)
