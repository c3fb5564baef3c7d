"""The portrait renderer: pictures, masks and what changes what."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from engine.training.face.curves import points, resample, spline, stroke
from engine.training.face.eyes import openness
from engine.training.face.latents import HIGHEST, LOWEST, draw_scores, latent_plan
from engine.training.face.look import LOOK_NAMES, Expression, Look, look_from_vector, oklab
from engine.training.face.mouth import gape
from engine.training.face.portrait import Portrait, draw_portrait

EYES = np.s_[100:132, 70:190]
MOUTH = np.s_[140:185, 95:165]


@pytest.fixture(scope="module")
def resting() -> Portrait:
    return draw_portrait(Look(), Expression())


def changed(first: Portrait, second: Portrait, box: tuple[slice, slice]) -> float:
    """Give the share of a box's pixels that differ clearly."""
    difference = np.abs(first.image.astype(int) - second.image.astype(int)).max(axis=2)[box]
    return float((difference > 24).mean())


def test_a_portrait_has_the_published_size_and_is_the_same_each_time(resting: Portrait) -> None:
    again = draw_portrait(Look(), Expression())
    assert resting.image.shape == (256, 256, 3)
    assert resting.image.dtype == np.uint8
    assert resting.hair_mask.shape == (256, 256)
    assert np.array_equal(again.image, resting.image)
    assert np.array_equal(again.hair_mask, resting.hair_mask)


def test_the_mask_is_hair_only(resting: Portrait) -> None:
    mask = resting.hair_mask
    assert mask[55, 128] == 255  # the crown
    assert mask[130, 128] == 0  # the nose
    assert mask[5, 5] == 0  # the background
    assert mask[250, 128] == 0  # the clothes
    assert 0.12 < (mask >= 128).mean() < 0.5


def test_the_mask_follows_the_hair_colour(resting: Portrait) -> None:
    """What turns blonde is what the mask calls hair, brows and shadows aside."""
    blonde = draw_portrait(replace(Look(), hair_light=1.0), Expression())
    difference = np.abs(blonde.image.astype(int) - resting.image.astype(int)).max(axis=2) > 40
    hair = resting.hair_mask >= 128
    assert (difference & hair).sum() / (difference | hair).sum() > 0.93
    assert np.array_equal(blonde.hair_mask, resting.hair_mask)


@pytest.mark.parametrize(
    ("expression", "inside", "outside"),
    [(Expression(eyes=-1.1), EYES, MOUTH), (Expression(eyes=1.2), EYES, MOUTH), (Expression(mouth=1.6), MOUTH, EYES)],
)
def test_eyes_and_mouth_change_where_they_are(
    resting: Portrait, expression: Expression, inside: tuple[slice, slice], outside: tuple[slice, slice]
) -> None:
    moved = draw_portrait(Look(), expression)
    assert changed(resting, moved, inside) > 0.03
    assert changed(resting, moved, outside) < 0.01


def test_a_turn_moves_the_face_and_keeps_the_background(resting: Portrait) -> None:
    turned = draw_portrait(Look(), Expression(pose=1.8))
    assert changed(resting, turned, EYES) > 0.1
    assert changed(resting, turned, np.s_[0:20, 0:40]) == 0.0


def test_longer_hair_reaches_further_down() -> None:
    lowest = [
        int(
            np.flatnonzero((draw_portrait(replace(Look(), hair_length=v), Expression()).hair_mask > 128).any(axis=1))[
                -1
            ]
        )
        for v in (-1.0, -0.4, 0.2)
    ]
    assert lowest == sorted(set(lowest))


def test_extreme_looks_can_be_drawn() -> None:
    for value in (-1.0, 1.0):
        look = look_from_vector(np.full(len(LOOK_NAMES), value))
        for pose in (LOWEST.pose, HIGHEST.pose):
            portrait = draw_portrait(look, Expression(HIGHEST.eyes, HIGHEST.mouth, pose))
            assert (portrait.hair_mask >= 128).mean() > 0.08


def test_scores_open_eyes_and_mouth_monotonically() -> None:
    scores = np.linspace(-1.05, 1.4, 30)
    lids = [openness(float(score)) for score in scores]
    assert lids[0] == pytest.approx(0.0)
    assert all(a < b for a, b in pairwise(lids))
    assert gape(-1.0) == 0.0
    assert gape(0.4) < gape(1.0) < gape(1.6)


def test_oklab_gives_known_colours() -> None:
    assert oklab(1.0, 0.0, 0.0) == pytest.approx((1.0, 1.0, 1.0), abs=2e-3)
    assert oklab(0.0, 0.0, 0.0) == pytest.approx((0.0, 0.0, 0.0))
    assert oklab(0.627955, 0.224863, 0.125846) == pytest.approx((1.0, 0.0, 0.0), abs=5e-3)


def test_splines_pass_through_their_points_and_strokes_have_their_width() -> None:
    controls = points((0, 0), (10, 0), (20, 10), (30, 0))
    curve = spline(controls, steps=8)
    for control in controls:
        assert np.hypot(*(curve - control).T).min() < 1e-9
    assert len(resample(curve, 17)) == 17
    line = stroke(points((0, 0), (5, 0), (10, 0)), 4.0)
    assert np.ptp(line[:, 1]) == pytest.approx(4.0)


class TestLatents:
    """What z means."""

    def draw(self, count: int) -> npt.NDArray[np.float64]:
        return np.random.default_rng(3).standard_normal((count, 128))

    def test_looks_are_even_and_scores_normal(self) -> None:
        plan = latent_plan(1, 128, 128)
        values = plan.look_values(self.draw(4000))
        assert np.abs(values).max() <= 1
        assert np.abs(np.quantile(values, [0.25, 0.5, 0.75], axis=0) - [[-0.5], [0.0], [0.5]]).max() < 0.1
        spread = plan.base_scores(self.draw(4000)).std(axis=0)
        assert spread == pytest.approx([0.30, 0.40, 0.40], rel=0.06)

    def test_edits_change_one_score_in_the_first_w_and_nothing_else(self) -> None:
        plan = latent_plan(1, 128, 128)
        z = self.draw(5)
        edits = plan.edit_planes()
        assert edits @ edits.T == pytest.approx(16 * np.eye(3), abs=1e-9)
        along = plan.first_w(z) @ edits.T / 16
        assert along == pytest.approx(plan.base_scores(z))

    def test_drawn_scores_cover_the_range(self) -> None:
        scores = draw_scores(np.zeros((2000, 3)), np.random.default_rng(0))
        assert scores.min(axis=0) == pytest.approx([LOWEST.eyes, LOWEST.mouth, LOWEST.pose], abs=0.1)
        assert scores.max(axis=0) == pytest.approx([HIGHEST.eyes, HIGHEST.mouth, HIGHEST.pose], abs=0.1)
