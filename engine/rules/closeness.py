"""How much two short texts share, by their pairs of neighbouring letters."""

from __future__ import annotations

from collections import Counter


def closeness(one: str, other: str) -> float:
    """Return the Dice coefficient of the letter pairs of two texts, in [0, 1]; spaces and signs do not count."""
    first, second = _pairs(one), _pairs(other)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else float(one == other)


def containment(part: str, whole: str) -> float:
    """Return the share of a text's letter pairs that stand in another text, in [0, 1]."""
    wanted, there = _pairs(part), _pairs(whole)
    return (wanted & there).total() / wanted.total() if wanted else 1.0


def adds(part: str, source: str, known: str) -> bool:
    """Tell whether a text holds letter pairs of a source that do not stand in what is known already."""
    return bool((_pairs(part) - _pairs(known)) & _pairs(source))


def _pairs(text: str) -> Counter[str]:
    letters = "".join(character for character in text.casefold() if character.isalnum())
    if len(letters) == 1:
        return Counter([letters])
    return Counter(letters[i : i + 2] for i in range(len(letters) - 1))
