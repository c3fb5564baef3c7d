"""The watched face keeps the published pace at every frame rate."""

from __future__ import annotations

import random

import pytest

from engine.face.motion import DRIFT_HIGH, DRIFT_LOW
from engine.hair.schedule import ombre_of_scene
from engine.live_face import STEP_S, TRANSITION_S, Excursion, RestingFace
from engine.turn_types import Ombre

VIOLET = Ombre(0.75, 0.6, 0.5)


class NeverBlinks:
    """Draws that start no blink and drift upwards."""

    def random(self) -> float:
        return 0.99

    def uniform(self, a: float, b: float) -> float:
        return b


@pytest.mark.parametrize("per_second", [3, 8, 24, 60])
def test_colours_cycle_at_the_same_pace_at_every_frame_rate(per_second: int) -> None:
    face = RestingFace("mini:1", None, random.Random(1), 100.0)
    for number in range(1, 2 * per_second + 1):
        frame = face.advance(100.0 + number / per_second)
    assert frame.ombre == ombre_of_scene(int(2.0 / STEP_S + 1e-6))
    assert frame.face_id == "mini:1"


def test_a_fixed_dye_stays_and_the_face_drifts_within_its_bounds() -> None:
    face = RestingFace("mini:1", VIOLET, random.Random(1), 0.0)
    frames = [face.advance(number / 8) for number in range(1, 100)]
    assert {frame.ombre for frame in frames} == {VIOLET}
    assert len({frame.scores for frame in frames}) > 90
    mouths = [frame.scores[1] for frame in frames]
    assert DRIFT_LOW[1] <= min(mouths) < max(mouths) <= DRIFT_HIGH[1]


def test_blinks_are_seen_even_at_three_frames_a_second() -> None:
    face = RestingFace("mini:1", VIOLET, random.Random(3), 0.0)
    eyes = [face.advance(number / 3).scores[0] for number in range(1, 3 * 120)]
    blinking = [index for index, value in enumerate(eyes) if value < DRIFT_LOW[0]]
    assert min(blinking) >= 15 * 3 - 1
    assert len(blinking) >= 20
    assert min(eyes) < -0.75


def test_no_step_is_due_within_the_time_of_one() -> None:
    face = RestingFace("mini:1", None, NeverBlinks(), 0.0)
    first = face.advance(STEP_S)
    assert face.advance(STEP_S * 1.5) == first
    assert face.advance(STEP_S * 2) != first


def test_a_pause_is_not_caught_up_with() -> None:
    face = RestingFace("mini:1", None, random.Random(1), 0.0)
    assert face.advance(3600.0).ombre == ombre_of_scene(30)
    assert face.advance(3600.0 + STEP_S).ombre == ombre_of_scene(31)


@pytest.mark.parametrize("per_second", [3, 24])
def test_an_excursion_goes_there_and_back_in_four_seconds(per_second: int) -> None:
    resting, target = (-0.2, -1.0, 0.0), (1.1, 0.5, 1.5)
    excursion = Excursion(target, 10.0)
    ways = [excursion.scores(10.0 + number / per_second, resting) for number in range(int(TRANSITION_S * per_second))]
    assert ways[0] == resting
    assert None not in ways
    middle = excursion.scores(12.0, resting)
    assert middle == pytest.approx(target)
    late = excursion.scores(10.0 + TRANSITION_S - STEP_S, resting)
    assert late == pytest.approx(resting, abs=0.01)
    assert excursion.scores(10.0 + TRANSITION_S, resting) is None
