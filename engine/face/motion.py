"""How her face moves: drifting at rest, blinking, and going to an expression and back.

Everything here is in scores (see `engine.face.expression`), so that it is the same for every generator; the published
numbers are weights of v7 and v8, which are scores with the sign turned round.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Protocol

from engine.face.expression import Triple

RESTING: Triple = (-0.2, -1.0, 0.0)
DRIFT_STEP: Triple = (0.02, 0.015, 0.025)
DRIFT_LOW: Triple = (-0.35, -1.1, -0.2)
DRIFT_HIGH: Triple = (-0.05, -0.9, 0.2)

RISE_FRAMES, HOLD_FRAMES, FALL_FRAMES = 50, 10, 50
TRANSITION_FRAMES = RISE_FRAMES + HOLD_FRAMES + FALL_FRAMES

BLINK_AFTER_ANSWER_S, BLINK_GAP_S, BLINK_CHANCE = 15.0, 2.0, 0.025
BLINK_LOW, BLINK_HIGH = 1.1, 1.5
# share of blinks with a shape up to here, and its closing eyelid frame by frame
BLINK_SHAPES: tuple[tuple[float, tuple[float, ...]], ...] = (
    (0.4, (0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.25)),
    (0.7, (0.25, 0.4, 0.5, 0.6, 0.7, 0.75, 0.7, 0.6, 0.5, 0.4, 0.25)),
    (1.0, (0.25, 0.4, 0.6, 0.7, 0.7, 0.6, 0.4, 0.25)),
)
IDLE_END_AFTER_S, IDLE_END_CHANCE = 180.0, 0.0007


class RandomSource(Protocol):
    """The draws that motion needs; `random.Random` has them."""

    def random(self) -> float:
        """Return a number in [0, 1)."""

    def uniform(self, a: float, b: float) -> float:
        """Return a number between a and b."""


def cosine_line() -> tuple[float, ...]:
    """Return the 110 multipliers of a transition: from 0 up to 1, a while at 1, and down to about 0.001."""
    rise = [(math.cos((1 + step / RISE_FRAMES) * math.pi) + 1) / 2 for step in range(RISE_FRAMES)]
    fall = [(math.cos((2 + step / FALL_FRAMES) * math.pi) + 1) / 2 for step in range(FALL_FRAMES)]
    return (*rise, *[1.0] * HOLD_FRAMES, *fall)


def transition(current: Triple, target: Triple) -> tuple[Triple, ...]:
    """Return the 110 frames from `current` to `target` and back, first frame first."""
    frames = []
    for share in cosine_line():
        eyes, mouth, pose = (start + (end - start) * share for start, end in zip(current, target, strict=True))
        frames.append((eyes, mouth, pose))
    return tuple(frames)


def drift(current: Triple, rng: RandomSource) -> Triple:
    """Move a resting face by a small random step, within bounds."""
    eyes, mouth, pose = (
        min(max(value + rng.uniform(-step, step), low), high)
        for value, step, low, high in zip(current, DRIFT_STEP, DRIFT_LOW, DRIFT_HIGH, strict=True)
    )
    return (eyes, mouth, pose)


def blink(rng: RandomSource) -> tuple[float, ...]:
    """Return the eyes' scores, frame by frame, of one blink."""
    magnitude, shape_draw = rng.uniform(BLINK_LOW, BLINK_HIGH), rng.random()
    shape = next(shape for up_to, shape in BLINK_SHAPES if shape_draw < up_to)
    return tuple(-magnitude * lid for lid in shape)


def may_end_idle(waited_s: float, rng: RandomSource) -> bool:
    """Say whether she ends the talk in this frame, `waited_s` after the last answer."""
    return waited_s >= IDLE_END_AFTER_S and rng.random() < IDLE_END_CHANCE


class FaceMotion:
    """The moving face of one viewer: gives scores frame by frame.

    An answer's transition replaces whatever was still to come. A blink moves only the eyes and starts only when
    nothing else moves; mouth and head keep drifting below it.
    """

    def __init__(self, rng: RandomSource, now_s: float, resting: Triple = RESTING) -> None:
        self._rng = rng
        self._resting = resting
        self._coming: deque[Triple] = deque()
        self._eyes_coming: deque[float] = deque()
        self._answered_s = now_s
        self._blinked_s = now_s

    @property
    def resting(self) -> Triple:
        """The drifting face to which every transition returns."""
        return self._resting

    @property
    def is_moving(self) -> bool:
        """Whether a transition is under way."""
        return bool(self._coming)

    def answer(self, target: Triple, now_s: float) -> None:
        """Start the transition to an answer's expression, `now_s` on the clock that `frame` uses."""
        self._coming = deque(transition(self._resting, target))
        self._eyes_coming.clear()
        self._answered_s = now_s

    def frame(self, now_s: float) -> Triple:
        """Return the scores of the next frame and let the face drift on."""
        self._maybe_blink(now_s)
        self._resting = drift(self._resting, self._rng)
        if self._coming:
            return self._coming.popleft()
        if self._eyes_coming:
            return (self._eyes_coming.popleft(), self._resting[1], self._resting[2])
        return self._resting

    def _maybe_blink(self, now_s: float) -> None:
        if self._coming or self._eyes_coming:
            return
        rested = now_s - self._answered_s >= BLINK_AFTER_ANSWER_S and now_s - self._blinked_s >= BLINK_GAP_S
        if rested and self._rng.random() < BLINK_CHANCE:
            self._eyes_coming.extend(blink(self._rng))
            self._blinked_s = now_s
