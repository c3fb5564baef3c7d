import random

import pytest

from engine.face import motion
from engine.face.motion import FaceMotion, blink, cosine_line, drift, may_end_idle, transition

TARGET = (1.0, 1.4, 1.7)


class Drawn:
    """Gives prepared draws for `random` and the middle for `uniform`."""

    def __init__(self, *draws: float) -> None:
        self.draws = list(draws)

    def random(self) -> float:
        return self.draws.pop(0)

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def test_line_rises_holds_and_falls() -> None:
    line = cosine_line()
    assert len(line) == 110
    assert line[0] == 0
    assert line[50:60] == (1.0,) * 10
    assert line[109] == pytest.approx(0.001, abs=1e-4)
    assert list(line[:50]) == sorted(line[:50])
    assert list(line[60:]) == sorted(line[60:], reverse=True)


def test_frames_come_first_in_first_out() -> None:
    face = FaceMotion(random.Random(1), 0.0)
    resting = face.resting
    face.answer(TARGET, 1.0)
    shown = [face.frame(1.0) for _ in range(110)]
    assert shown == list(transition(resting, TARGET))
    assert not face.is_moving


def test_a_new_answer_replaces_the_old_one() -> None:
    face = FaceMotion(random.Random(1), 0.0)
    face.answer(TARGET, 1.0)
    for _ in range(40):
        face.frame(1.0)
    start = face.resting
    face.answer((-0.2, 0.4, -0.6), 2.0)
    assert [face.frame(2.0) for _ in range(110)] == list(transition(start, (-0.2, 0.4, -0.6)))
    assert not face.is_moving


def test_drift_stays_in_bounds_and_moves_slowly() -> None:
    rng, current = random.Random(2), motion.RESTING
    for _ in range(2000):
        following = drift(current, rng)
        for before, after, step, low, high in zip(
            current, following, motion.DRIFT_STEP, motion.DRIFT_LOW, motion.DRIFT_HIGH, strict=True
        ):
            assert abs(after - before) <= step + 1e-12
            assert low <= after <= high
        current = following


@pytest.mark.parametrize(("draw", "frames"), [(0.0, 13), (0.39, 13), (0.4, 11), (0.69, 11), (0.7, 8), (0.99, 8)])
def test_blink_shapes(draw: float, frames: int) -> None:
    lids = blink(Drawn(draw))
    assert len(lids) == frames
    assert lids[0] == pytest.approx(-1.3 * 0.25)
    assert min(lids) == pytest.approx(-1.3 * {13: 0.85, 11: 0.75, 8: 0.7}[frames])


def test_no_blink_soon_after_an_answer() -> None:
    face = FaceMotion(Drawn(), 0.0)  # any draw would fail: none is left
    for tick in range(14):
        face.frame(float(tick))


def test_a_blink_moves_only_the_eyes() -> None:
    face = FaceMotion(Drawn(0.0, 0.9), 0.0)
    frames = [face.frame(20.0) for _ in range(8)]
    assert frames[3][0] == pytest.approx(-1.3 * 0.7)
    assert all(frame[1:] == face.resting[1:] for frame in frames)
    assert face.frame(20.5) == face.resting  # too early for the next blink: nothing is drawn


def test_an_answer_ends_a_blink() -> None:
    face = FaceMotion(Drawn(0.0, 0.9), 0.0)
    face.frame(20.0)
    face.answer(TARGET, 20.1)
    assert face.frame(20.1) == transition(face.resting, TARGET)[0]


def test_idle_end_needs_time_and_luck() -> None:
    assert not may_end_idle(179.9, Drawn())
    assert may_end_idle(180.0, Drawn(0.0006))
    assert not may_end_idle(500.0, Drawn(0.0007))
