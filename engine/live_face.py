"""Her face while she is watched: motion and dye as published, stepped in time at whatever rate frames are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from engine.face.expression import Triple
from engine.face.motion import DRIFT_LOW, RESTING, TRANSITION_FRAMES, FaceMotion, RandomSource, cosine_line
from engine.hair.schedule import SCENES, ombre_of_scene
from engine.turn_types import Ombre

TRANSITION_S = 4.0  # how long the published window shows its 110 frames
STEP_S = TRANSITION_S / TRANSITION_FRAMES
MOST_STEPS = 30  # in one frame; a longer pause is not caught up with
_LINE = cosine_line()


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """One picture of a watched face; equal frames are equal pictures."""

    face_id: str
    scores: Triple
    ombre: Ombre


class RestingFace:
    """A face that drifts, blinks and changes its colours by itself, the same for everybody who looks at it.

    `ombre` None lets the dye follow the published schedule.
    """

    def __init__(self, face_id: str, ombre: Ombre | None, rng: RandomSource, now_s: float) -> None:
        self._face_id = face_id
        self._ombre = ombre
        self._motion = FaceMotion(rng, now_s)
        self._scene = 0
        self._at_s = now_s
        self._scores = RESTING

    @property
    def resting(self) -> Triple:
        """The drifting face without a blink."""
        return self._motion.resting

    def advance(self, now_s: float) -> LiveFrame:
        """Return the frame of this moment.

        Of the published frames since the last one the newest is shown; of a blink the one with the eyes most closed,
        so that no blink is lost between two frames.
        """
        due = int((now_s - self._at_s) / STEP_S + 1e-9)
        steps = min(due, MOST_STEPS)
        passed = [self._motion.frame(self._at_s + step * STEP_S) for step in range(1, steps + 1)]
        self._at_s += due * STEP_S
        self._scene = (self._scene + steps) % SCENES
        if passed:
            closed = min(passed, key=lambda scores: scores[0])
            self._scores = closed if closed[0] < DRIFT_LOW[0] else passed[-1]
        return self.frame(self._scores)

    def frame(self, scores: Triple) -> LiveFrame:
        """Return the frame of this moment with another expression."""
        return LiveFrame(self._face_id, scores, self._ombre or ombre_of_scene(self._scene))


@dataclass(frozen=True, slots=True)
class Excursion:
    """The way to an answer's expression and back, from `started_s` on.

    It is the published 110-frame curve, spread over its 4 s. It starts from and comes back to the face as it drifts
    meanwhile, so that the shared face takes over without a jump.
    """

    target: Triple
    started_s: float

    def scores(self, now_s: float, resting: Triple) -> Triple | None:
        """Return the expression of this moment, None when it is over."""
        step = int((now_s - self.started_s) / STEP_S + 1e-9)
        if step >= TRANSITION_FRAMES:
            return None
        share = _LINE[max(step, 0)]
        eyes, mouth, pose = (start + (end - start) * share for start, end in zip(resting, self.target, strict=True))
        return (eyes, mouth, pose)
