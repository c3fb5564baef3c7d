import io
import shutil

import numpy as np
import pytest
from PIL import Image

from engine.errors import EngineError
from engine.face.clip import ClipTiming, clip_scores
from engine.face.clip_rendering import render_clip
from engine.face.encode import clip_encoder, encode_png
from engine.face.motion import RESTING, transition
from engine.face.pipeline import FacePipeline
from engine.hair.dyer import BatchDyer
from engine.stages import FaceRequest
from engine.turn_types import FaceChoice, Ombre, RenderedFace
from tests.unit.engine.face.small_models import small_hair_net, small_model

TARGET = (0.9, 1.2, 1.6)


def moving_picture(step: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 255, (8, 8, 3))
    return np.roll(np.kron(coarse, np.ones((8, 8, 1))).astype(np.uint8), 4 * step, axis=1)


@pytest.mark.parametrize(("step", "frames", "different"), [(1, 110, 51), (2, 55, 26), (5, 22, 11), (10, 11, 6)])
def test_the_way_back_repeats_the_way_there(step: int, frames: int, different: int) -> None:
    timing = ClipTiming(step=step)
    scores = clip_scores(TARGET, timing)
    assert timing.frame_count == len(scores) == frames
    assert len(set(scores)) == different
    for ours, exact in zip(scores, transition(RESTING, TARGET)[::step], strict=True):
        assert ours == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize("clip_format", ["webp", "gif"])
def test_clips_play_their_frames_in_order(clip_format: str) -> None:
    encoder = clip_encoder(clip_format, (64, 64), 4, 80)
    for step in range(3):
        encoder.add(moving_picture(step))
    encoder.add_again(1)
    image = Image.open(io.BytesIO(encoder.finish()))
    assert (image.n_frames, image.size, image.info["loop"]) == (4, (64, 64), 0)
    for index, step in enumerate((0, 1, 2, 1)):
        image.seek(index)
        shown = np.asarray(image.convert("RGB")).astype(int)
        apart = [np.abs(shown - moving_picture(other)).mean() for other in range(3)]
        assert int(np.argmin(apart)) == step
        assert image.info["duration"] == 80


@pytest.mark.parametrize("clip_format", ["webp", "gif"])
def test_clips_keep_to_the_limit(clip_format: str) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (128, 128, 3), dtype=np.uint8)
    limit_bytes = 4096 + 8 * 13_000
    encoder = clip_encoder(clip_format, (128, 128), 8, 80, limit_bytes)
    for _ in range(8):
        encoder.add(noise)
    data = encoder.finish()
    assert len(data) <= limit_bytes
    assert Image.open(io.BytesIO(data)).n_frames == 8


def test_what_cannot_fit_is_refused() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (128, 128, 3), dtype=np.uint8)
    with pytest.raises(EngineError, match="fewer frames"):
        clip_encoder("gif", (128, 128), 100, 80, 20_000).add(noise)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_mp4_is_made() -> None:
    encoder = clip_encoder("mp4", (64, 64), 3, 80)
    for step in range(3):
        encoder.add(moving_picture(step))
    assert b"ftyp" in encoder.finish()[:32]


def test_mp4_without_ffmpeg_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineError, match="webp or gif"):
        clip_encoder("mp4", (64, 64), 3, 80)


def test_png_keeps_every_pixel() -> None:
    picture = moving_picture(1)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(encode_png(picture)))), picture)


def test_a_request_becomes_a_clip_in_slices() -> None:
    pipeline = FacePipeline(small_model(), BatchDyer(small_hair_net()), workers=2)
    request = FaceRequest(FaceChoice("v8:7", motion="moving"), TARGET, Ombre(0.5, 0.7, 0.5), 1)
    slices = render_clip(pipeline, request, ClipTiming(step=10, frame_ms=400))
    pauses = 0
    rendered: RenderedFace | None = None
    while rendered is None:
        try:
            next(slices)
            pauses += 1
        except StopIteration as end:
            rendered = end.value
    pipeline.close()
    image = Image.open(io.BytesIO(rendered.data))
    assert (rendered.mime, rendered.face_id, image.n_frames, image.size) == ("image/webp", "v8:7", 11, (256, 256))
    assert pauses >= 3
