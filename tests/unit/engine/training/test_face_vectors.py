"""Change vectors, groups, and the choice of faces, on a generator simple enough to know the answer."""

import numpy as np
import pytest

from engine.face.mini_property_cnn import MINI_SCORES
from engine.training.face.change_vectors import ScoredPoints, find_change_vectors, groups_of, separating_normal
from engine.training.face.face_choice import (
    Candidate,
    appearance,
    choose_faces,
    contact_sheet,
    group_name,
    judged_by_eye,
    mean_distance,
)

CUTOFFS = (0.92, 0.88, 0.88)


def plain(level: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((256, 256, 3), level, dtype=np.uint8)


def candidate(level: int) -> Candidate:
    return Candidate(np.full(4, float(level)), np.zeros(4), 0, plain(level))


class TestNormals:
    """The planes that separate."""

    def test_the_normal_is_the_planted_direction_and_points_to_smaller_scores(self) -> None:
        rng = np.random.default_rng(1)
        w = rng.standard_normal((3000, 32))
        planted = np.eye(32)[5]
        normal, accuracy = separating_normal(w, w @ planted + 0.05 * rng.standard_normal(3000), seed=2)
        assert normal @ planted < -0.95
        assert accuracy > 0.9

    def test_one_unit_of_weight_is_one_unit_of_score(self) -> None:
        rng = np.random.default_rng(1)
        w = rng.standard_normal((4000, 16)) * 2
        scores = np.zeros((4000, len(MINI_SCORES)))
        scores[:, :3] = w[:, :3] * [0.5, 0.25, 1.0]
        scores[:, 3:] = w[:, 3:7]
        changes = find_change_vectors(ScoredPoints(w, w, scores), {"hair_color": 0.0, "hair_length": 0.0}, seed=3)
        assert changes.vectors.shape == (4, 3, 16)
        for group in range(4):
            effect = changes.vectors[group][:, :3] * [0.5, 0.25, 1.0]
            assert effect == pytest.approx(-np.eye(3), abs=0.15)

    def test_groups_are_numbered_by_medians(self) -> None:
        scores = np.zeros((4, len(MINI_SCORES)))
        scores[:, MINI_SCORES.index("hair_color")] = [-1, -1, 1, 1]
        scores[:, MINI_SCORES.index("hair_length")] = [-1, 1, -1, 1]
        numbers = groups_of(scores, {"hair_color": 0.0, "hair_length": 0.0})
        assert [group_name(int(number)) for number in numbers] == ["ll", "lh", "hl", "hh"]


class TestChoice:
    """Faces that pass and differ."""

    def test_the_most_unlike_come_first_and_failures_are_left_out(self) -> None:
        candidates = [candidate(level) for level in (100, 110, 120, 250)]
        failing = {110.0}
        faces, tested = choose_faces(
            candidates, lambda one: (0.99, 0.99, 0.1 if one.z[0] in failing else 0.99), count=3, cutoffs=CUTOFFS
        )
        assert [face.z[0] for face in faces] == [100.0, 250.0, 120.0]
        assert tested == 3

    def test_the_eye_has_the_last_word(self) -> None:
        passing = [candidate(level) for level in (0, 60, 120, 250)]
        faces, _ = choose_faces(passing, lambda one: (1.0, 1.0, 1.0), count=4, cutoffs=CUTOFFS)
        judged = judged_by_eye(faces, favourite=3, left_out=(1,))
        assert judged == [faces[2], faces[1], faces[3]]

    def test_nobody_passing_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="none of 1 candidates"):
            choose_faces([candidate(1)], lambda one: (0.5, 0.5, 0.5), count=1, cutoffs=CUTOFFS)

    def test_distance_and_sheet(self) -> None:
        faces, _ = choose_faces([candidate(0), candidate(255)], lambda one: (1.0, 1.0, 1.0), count=2, cutoffs=CUTOFFS)
        assert mean_distance(faces) == pytest.approx(1.0)
        assert appearance(plain(51)) == pytest.approx(np.full(768, 0.2))
        assert contact_sheet([plain(9)] * 3, 2).size == (512, 512)
