import numpy as np
import pytest
from torch import Tensor

from engine.face.image_test import (
    ScoredPicture,
    correlate,
    passes,
    random_candidates,
    run_image_test,
    weight_grid,
)
from engine.face.pipeline import FacePipeline
from engine.hair.dyer import BatchDyer
from tests.unit.engine.face.small_models import small_hair_net, small_model


def silent(message: str, share: float, seconds_left: float | None) -> None:
    pass


def regional_brightness(images: Tensor) -> Tensor:
    """A stand-in for the property network: eight numbers that change with the picture."""
    assert images.shape[1:] == (3, 256, 256)
    assert images.abs().max() <= 1
    return images.mean(dim=1).view(len(images), 8, 32, 256).mean(dim=(2, 3))


def test_grid_is_the_published_one() -> None:
    grid = weight_grid()
    assert len(grid) == len(set(grid)) == 50
    assert grid[:2] == ((-1.2, -1.8, -1.8), (-1.2, -1.8, -1.2))
    assert grid[5] == (1.2, -1.8, -1.8)
    assert grid[10] == (-1.2, -0.9, -1.8)


def test_correlations_find_followers() -> None:
    rng = np.random.default_rng(4)
    rows = [
        ScoredPicture(weights, (-2 * weights[0], weights[1] + float(rng.normal(0, 0.1)), 0.7))
        for weights in weight_grid()
    ]
    eyes, mouth, pose = correlate(rows)
    assert eyes == pytest.approx(-1)
    assert 0.95 < mouth < 1
    assert pose == 0


def test_cutoffs() -> None:
    assert passes((-0.92, 0.88, -0.88))
    assert not passes((-0.919, 0.88, -0.88))
    assert not passes((-0.95, 0.9, 0.5))


def test_a_face_is_tested() -> None:
    pipeline = FacePipeline(small_model(), BatchDyer(small_hair_net()), workers=2)
    shares: list[float] = []
    result = run_image_test(pipeline, "v8:3", regional_brightness, lambda _, share, __: shares.append(share))
    pipeline.close()
    assert len(result.rows) == 50
    assert [row.weights for row in result.rows] == list(weight_grid())
    assert result.sheet.size == (1280, 640)
    assert shares[-1] == 1
    assert result.passed == passes(result.correlations)


def test_random_candidates_are_grouped_by_their_scores() -> None:
    medians = {"hair_color": 0.0}
    model = small_model()
    changes = {(name, group): vector for (name, group), vector in model.vectors.changes.items()}
    candidates = random_candidates(model, 6, regional_brightness, medians, seed=1)
    again = random_candidates(model, 6, regional_brightness, medians, seed=1)
    assert [face.group for face in candidates.faces] == [face.group for face in again.faces]
    assert {face.group for face in candidates.faces} <= {"h", "l"}
    assert candidates.faces[5].face_id == "v8:6"
    assert candidates.vectors.changes == changes
