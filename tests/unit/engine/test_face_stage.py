"""The face as a stage: stills together, clips in slices, the right engine for an id."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from engine.batching import DeviceThread, Priority
from engine.errors import EngineError
from engine.face.pipeline import FacePipeline
from engine.face_stage import FaceGallery, FaceStage
from engine.hair.dyer import BatchDyer
from engine.live_face import LiveFrame
from engine.stages import FaceRequest
from engine.turn_types import FaceChoice, Ombre
from tests.unit.engine.face.small_models import small_hair_net, small_model

UNDYED = Ombre(None, 0.5, 0.5)


@pytest.fixture
async def device() -> AsyncIterator[DeviceThread]:
    thread = DeviceThread()
    thread.start()
    yield thread
    await thread.stop(5.0)


@pytest.fixture
def gallery(device: DeviceThread) -> FaceGallery:
    dyer = BatchDyer(small_hair_net())
    return FaceGallery([FaceStage(FacePipeline(small_model(engine), dyer), device, cores=1) for engine in ("v8", "v9")])


def request(face_id: str | None, motion: str = "still", eyes: float = 0.5) -> FaceRequest:
    return FaceRequest(FaceChoice(face_id, None, motion), (eyes, 1.0, 0.0), UNDYED, seed=1)  # type: ignore[arg-type]


def pixels(data: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(data)))


async def test_stills_of_many_turns_come_out_as_alone(gallery: FaceGallery) -> None:
    together = await asyncio.gather(*(gallery.render(request(None, eyes=0.1 * i)) for i in range(4)))
    assert len({face.data for face in together}) == 4
    alone = await gallery.render(request(None, eyes=0.2))
    apart = np.abs(pixels(alone.data).astype(int) - pixels(together[2].data).astype(int))
    assert apart.max() <= 1
    assert together[0].mime == "image/png"
    assert together[0].face_id == gallery.default_face_id() == gallery.face_ids[0]


async def test_the_id_tells_the_engine_and_an_unknown_one_gives_the_default(gallery: FaceGallery) -> None:
    other = next(face_id for face_id in gallery.face_ids if face_id.startswith("v9"))
    assert (await gallery.render(request(other))).face_id == other
    assert (await gallery.render(request("mini:999"))).face_id == gallery.default_face_id()
    assert (await gallery.preview(other, UNDYED)).face_id == other
    with pytest.raises(EngineError, match="mini:999"):
        await gallery.preview("mini:999", UNDYED)


async def test_a_text_goes_between_the_slices_of_a_clip(gallery: FaceGallery, device: DeviceThread) -> None:
    clip = asyncio.create_task(gallery.render(request(None, "moving", eyes=1.2)))
    between = 0
    while not clip.done():
        await device.run(lambda: None, Priority.TEXT)
        between += not clip.done()
        await asyncio.sleep(0.002)
    face = await clip
    assert between >= 3
    assert face.mime == "image/webp"
    assert Image.open(io.BytesIO(face.data)).n_frames > 20  # type: ignore[attr-defined]


async def test_preview_waits_for_every_turns_own_work(device: DeviceThread) -> None:
    order: list[str] = []
    pipeline = FacePipeline(small_model("v8"), BatchDyer(small_hair_net()))
    stage = FaceStage(pipeline, device, cores=1, observe=lambda name, _: order.append(name))
    gallery = FaceGallery([stage])
    await asyncio.gather(
        gallery.preview(gallery.default_face_id(), Ombre(0.3, 0.5, 0.5)),
        gallery.render(request(None, eyes=0.9)),
        device.run(lambda: time.sleep(0.2), Priority.TEXT),  # until both are waiting
    )
    assert order == ["face", "preview"]


async def test_a_watched_face_is_drawn_after_every_turns_own_work(device: DeviceThread) -> None:
    order: list[str] = []
    pipeline = FacePipeline(small_model("v8"), BatchDyer(small_hair_net()))
    stage = FaceStage(pipeline, device, cores=1, observe=lambda name, _: order.append(name))
    gallery = FaceGallery([stage])
    frame = LiveFrame(gallery.default_face_id(), (0.1, -1.0, 0.0), Ombre(0.3, 0.5, 0.5))
    drawn, _, _ = await asyncio.gather(
        gallery.live(frame),
        gallery.render(request(None, eyes=0.9)),
        device.run(lambda: time.sleep(0.2), Priority.TEXT),  # until both are waiting
    )
    assert order == ["face", "live"]
    assert Image.open(io.BytesIO(drawn)).format == "WEBP"
    with pytest.raises(EngineError, match="mini:999"):
        await gallery.live(LiveFrame("mini:999", (0.1, -1.0, 0.0), UNDYED))
