import numpy as np
import pytest
import torch

from engine.bench_face import levels_apart
from engine.errors import EngineError
from engine.face.expression import FaceEngine
from engine.face.face_model import Frame
from engine.face.pipeline import FacePipeline
from engine.face.reference_path import draw_sequentially
from engine.hair.dyer import BatchDyer, PlainDyer
from engine.turn_types import Ombre
from tests.unit.engine.face.small_models import small_hair_net, small_model

DYED, UNDYED = Ombre(0.6, 0.8, 0.4), Ombre(None, 0.5, 0.5)


def frames_of(engine: FaceEngine) -> list[Frame]:
    return [
        Frame(f"{engine}:3", (0.2, 0.4, -0.3), DYED, 1),
        Frame(f"{engine}:7", (1.1, 1.5, 1.7), UNDYED, 2),
        Frame(f"{engine}:3", (-0.2, -1.0, 0.0), DYED, 3),
        Frame(f"{engine}:7", (0.5, 0.5, 0.5), DYED, 4),
        Frame(f"{engine}:3", (0.2, 0.4, -0.3), DYED, 1),
    ]


@pytest.mark.parametrize("engine", ["v1", "v7", "v8", "v9", "mini"])
def test_batches_give_the_sequential_pictures(engine: FaceEngine) -> None:
    model, hair_net, frames = small_model(engine), small_hair_net(), frames_of(engine)
    pipeline = FacePipeline(model, BatchDyer(hair_net), workers=2)
    drawn = pipeline.draw(frames)
    pipeline.close()
    wanted = [draw_sequentially(model, PlainDyer(hair_net), frame) for frame in frames]
    assert drawn[0].shape == (256, 256, 3)
    assert drawn[0].dtype == np.uint8
    assert levels_apart(drawn, wanted) <= 1
    assert levels_apart([drawn[0]], [drawn[1]]) > 30
    assert levels_apart([drawn[0]], [drawn[4]]) == 0


def test_a_generator_that_still_grows_is_drawn_too() -> None:
    model, hair_net, frames = small_model(), small_hair_net(), frames_of("v8")[:2]
    model.generator.synthesis.lod.fill_(1.5)
    pipeline = FacePipeline(model, BatchDyer(hair_net), workers=1)
    drawn = pipeline.draw(frames)
    pipeline.close()
    assert levels_apart(drawn, [draw_sequentially(model, PlainDyer(hair_net), frame) for frame in frames]) <= 1


def test_a_frame_is_the_same_in_any_batch() -> None:
    model, hair_net, frames = small_model(), small_hair_net(), frames_of("v8")
    pipeline = FacePipeline(model, BatchDyer(hair_net), workers=1)
    together = pipeline.draw(frames)
    alone = [pipeline.draw([frame])[0] for frame in frames]
    pipeline.close()
    assert levels_apart(together, alone) <= 1


def test_threads_of_the_caller_stay_as_they_are() -> None:
    before = torch.get_num_threads()
    pipeline = FacePipeline(small_model(), BatchDyer(small_hair_net()), workers=3)
    pipeline.draw(frames_of("v8"))
    pipeline.close()
    assert torch.get_num_threads() == before


def test_an_unknown_face_is_named() -> None:
    pipeline = FacePipeline(small_model(), BatchDyer(small_hair_net()), workers=1)
    with pytest.raises(EngineError, match="v8:99"):
        pipeline.draw([Frame("v8:99", (0.0, 0.0, 0.0), UNDYED)])
    pipeline.close()


def test_scores_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        small_model().w([Frame("v8:3", (float("nan"), 0.0, 0.0), UNDYED)])


def test_eyes_of_v9_follow_the_gradient_upwards() -> None:
    model = small_model("v9")
    network = model._eyes_network
    assert network is not None
    base = model.base("v9:3")
    low, high = (base.point + step * base.directions[0] for step in (-0.5, 0.5))
    assert network(high.float()[None]) > network(low.float()[None])
    assert float(base.directions[0].norm()) == pytest.approx(1, abs=1e-5)


def test_v1_noise_follows_the_seed() -> None:
    model = small_model("v1")
    frame = Frame("v1:3", (1.6, 0.3, -1.2), UNDYED, 5)
    same, other = model.w([frame, frame]), model.w([Frame("v1:3", (1.6, 0.3, -1.2), UNDYED, 6)])
    assert torch.equal(same[0], same[1])
    assert not torch.equal(same[0], other[0])
