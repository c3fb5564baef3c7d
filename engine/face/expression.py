"""From expression words to scores, and from scores to each generator's own numbers.

Scores are `(eyes, mouth, pose)`: higher means eyes wider, mouth more open, head more turned. Weights are what is
multiplied with change vectors; their sign differs from generator to generator.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, Protocol

Triple = tuple[float, float, float]  # eyes, mouth, pose
FaceEngine = Literal["v1", "v7", "v8", "v9", "mini"]
FACE_ENGINES: tuple[FaceEngine, ...] = ("v1", "v7", "v8", "v9", "mini")

# word -> lowest score and width of the range it is drawn from
EYES: Mapping[str, tuple[float, float]] = {
    "작게": (-0.2, 0.3),
    "보통": (0.3, 0.3),
    "크게": (0.8, 0.3),
    "아주 크게": (1.1, 0.1),
}
MOUTH: Mapping[str, tuple[float, float]] = {"보통": (0.4, 0.4), "크게": (1.0, 0.4), "아주 크게": (1.4, 0.2)}
POSE: Mapping[str, tuple[float, float]] = {"없음": (-0.6, 0.9), "보통": (0.8, 0.7), "많이": (1.5, 0.3)}

# What a score is multiplied with to become a weight. Adding a change vector lowers the score it was found for; the
# eyes vector of v9 is a gradient and raises it; v1 takes scores as labels.
SIGNS: Mapping[FaceEngine, Triple] = {
    "v1": (1.0, 1.0, 1.0),
    "v7": (-1.0, -1.0, -1.0),
    "v8": (-1.0, -1.0, -1.0),
    "v9": (1.0, -1.0, -1.0),
    "mini": (-1.0, -1.0, -1.0),
}


class UniformSource(Protocol):
    """The one draw that is needed of a random generator; `random.Random` has it."""

    def random(self) -> float:
        """Return a number in [0, 1)."""


def draw_scores(eyes: str, mouth: str, pose: str, rng: UniformSource) -> Triple:
    """Draw scores for expression words, with three draws in the order eyes, mouth, pose.

    Raises:
        KeyError: a word that the expression model may not say.
    """
    ranges = (EYES[eyes], MOUTH[mouth], POSE[pose])
    first, second, third = (low + width * rng.random() for low, width in ranges)
    return (first, second, third)


def weights_of(engine: FaceEngine, scores: Triple) -> Triple:
    """Turn scores into a generator's weights (for v1: its eyes, mouth and pose labels).

    Raises:
        ValueError: a score that is not a finite number.
    """
    if not all(math.isfinite(score) for score in scores):
        raise ValueError(f"scores must be finite numbers, not {scores}")
    eyes, mouth, pose = SIGNS[engine]
    return (eyes * scores[0], mouth * scores[1], pose * scores[2])
