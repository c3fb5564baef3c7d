"""Nouns met in the licensed text, so that copying a word into a memory does not rest on our word lists."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from engine.training.text.particles import final_letter

_WORD = re.compile(r"[가-힣]{3,6}")
_OBJECT = {"을": True, "를": False}
_OTHER = ("은", "는", "이", "가", "에", "에서", "으로", "로", "의", "도", "만")


def recombined(nouns: Sequence[str], count: int, *, seed: int) -> list[str]:
    """Make words that mean nothing from halves of two nouns: they can only be copied, never guessed."""
    chooser = random.Random(seed)
    made = [chooser.choice(nouns)[:2] + chooser.choice(nouns)[-1:] for _ in range(count if nouns else 0)]
    return sorted(set(made) - set(nouns))


def nouns_from(texts: Iterable[str], *, most: int = 2500) -> list[str]:
    """Collect words that stand before 을 or 를 (the right one for their last letter) and before another particle."""
    objects, all_words = Counter[str](), Counter[str]()
    for text in texts:
        for word in _WORD.findall(text):
            all_words[word] += 1
            stem, particle = word[:-1], word[-1]
            if particle in _OBJECT and _OBJECT[particle] == (final_letter(stem) != 0):
                objects[stem] += 1
    nouns = [
        noun
        for noun, count in objects.most_common()
        if count >= 3 and 2 <= len(noun) <= 4 and sum(all_words[noun + particle] > 0 for particle in _OTHER) >= 2
    ]
    return nouns[:most]
