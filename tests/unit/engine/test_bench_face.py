import numpy as np
import pytest

from engine.bench_face import bench_face, different_frames, levels_apart
from engine.face.catalogue import FaceEntry
from engine.face.face_model import FaceModel
from tests.unit.engine.face.small_models import small_hair_net, small_model


@pytest.fixture
def model() -> FaceModel:
    small = small_model()
    return small.with_faces([FaceEntry("v8:0", "v8", 0, "h", 0)], small.vectors)


def silent(message: str, share: float, seconds_left: float | None) -> None:
    pass


def test_both_ways_draw_the_same_pictures(model: FaceModel) -> None:
    outcome = bench_face(silent, frames=4, repeats=2, model=model, hair_net=small_hair_net())
    assert outcome.most_levels_apart <= 1
    for ratio in (outcome.ratio, outcome.ratio_without_repeats):
        assert 0 < ratio.low <= ratio.median <= ratio.high
    assert outcome.long_clip_frames == 110
    assert outcome.peak_memory_mib > 0


def test_frames_are_all_different() -> None:
    assert len(set(different_frames(32))) == 32


def test_the_largest_difference_counts() -> None:
    grey = np.full((4, 4, 3), 100, np.uint8)
    other = grey.copy()
    other[1, 2, 0] = 97
    assert levels_apart([grey, grey], [grey, other]) == 3
