"""The v1 expression: scores from keywords of the answer, without a model."""

from __future__ import annotations

import re

from engine.face.expression import Triple

# An interjection counts at the start of a word only: 좋아! and 영화와! are no surprise.
_STRONG = re.compile(r"(?<!\w)(?:오!|와!|와우)")
_WEAK = re.compile(r"(?<!\w)아!")
_OH = re.compile(r"(?<!\w)오!")


def keyword_scores(shown: str) -> Triple:
    """Return v1's eyes, mouth and pose labels for the text a person sees."""
    stripped = shown.strip()
    if _STRONG.search(shown) or stripped.startswith("오 "):
        eyes, bonus = 1.6, 1.2
    elif _WEAK.search(shown) or stripped.startswith("아 "):
        eyes, bonus = 0.8, 0.6
    else:
        eyes, bonus = -1.2, 0.0
    asks_or_calls = "!" in shown or "?" in shown
    mouth = 0.3 + 0.3 * min(shown.count("!"), 3) + bonus / 3 if asks_or_calls else bonus - 1.2
    return (eyes, mouth, _pose(shown))


def _pose(shown: str) -> float:
    if "미안" in shown and "싫어" in shown:
        return 3.6
    if not _OH.search(shown) and any(word in shown for word in (" 못 ", "없어 ", "없어.")):
        return 3.0
    if any(word in shown for word in ("미안", "싫어", "별로")):
        return 2.4
    return 0.6 if "…" in shown else -1.2
