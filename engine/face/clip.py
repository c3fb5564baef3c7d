"""The clip of an answer: her face goes to the expression and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.face.expression import Triple
from engine.face.motion import RESTING, TRANSITION_FRAMES, transition


@dataclass(frozen=True, slots=True)
class ClipTiming:
    """How many frames of the 110-frame transition are drawn: every `step`-th, each shown for `frame_ms`."""

    step: Literal[1, 2, 5, 10] = 2
    frame_ms: int = 80

    @property
    def frame_count(self) -> int:
        """Number of frames shown."""
        return len(range(0, TRANSITION_FRAMES, self.step))


def clip_scores(target: Triple, timing: ClipTiming, resting: Triple = RESTING) -> tuple[Triple, ...]:
    """Return the scores of a clip's frames.

    The way back passes through the same faces as the way there; scores are rounded to a millionth, far below what a
    picture can show, so that these faces are recognised as equal and drawn once.
    """
    frames = []
    for scores in transition(resting, target)[:: timing.step]:
        eyes, mouth, pose = (round(value, 6) for value in scores)
        frames.append((eyes, mouth, pose))
    return tuple(frames)
