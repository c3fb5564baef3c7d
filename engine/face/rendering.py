"""From a turn's request to an encoded picture or clip."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from engine.batching import DeviceThread, Priority, StageBatcher
from engine.face.clip import ClipTiming, clip_scores
from engine.face.encode import ClipFormat, Picture, clip_encoder, encode_png
from engine.face.face_model import Frame
from engine.face.pipeline import FacePipeline
from engine.stages import FaceRequest
from engine.turn_types import RenderedFace

Slices = Generator[None, None, RenderedFace]


def frame_of(pipeline: FacePipeline, request: FaceRequest) -> Frame:
    """Return the frame that shows a request's expression at full strength.

    Raises:
        EngineError: a face that is not there.
    """
    face_id = request.face.face_id or pipeline.model.default_face_id
    pipeline.model.row_of(face_id)
    return Frame(face_id, request.scores, request.ombre, request.seed)


def render_stills(pipeline: FacePipeline, requests: Sequence[FaceRequest]) -> list[RenderedFace]:
    """Draw pictures, all in one batch, and encode them as PNG.

    Raises:
        EngineError: a face that is not there.
    """
    frames = [frame_of(pipeline, request) for request in requests]
    pictures = pipeline.draw(frames)
    return [
        _rendered(encode_png(picture), "image/png", picture, frame)
        for picture, frame in zip(pictures, frames, strict=True)
    ]


def render_clip(
    pipeline: FacePipeline, request: FaceRequest, timing: ClipTiming, clip_format: ClipFormat = "webp"
) -> Slices:
    """Draw and encode the transition to a request's expression and back, a few frames a slice.

    Frames go to the encoder as they are drawn; no more than one batch of pictures is held.

    Raises:
        EngineError: a face that is not there, or an encoder that cannot be had.
    """
    still = frame_of(pipeline, request)
    scores = clip_scores(request.scores, timing)
    frames = [Frame(still.face_id, each, still.ombre, still.seed) for each in scores]
    resolution = pipeline.model.config.resolution
    encoder = clip_encoder(clip_format, (resolution, resolution), len(frames), timing.frame_ms)
    try:
        for index, earlier, picture in _in_order(pipeline, frames):
            if picture is None:
                encoder.add_again(earlier)
            else:
                encoder.add(picture)
                if index % pipeline.slice_size == 0:
                    yield
        data = encoder.finish()
    except BaseException:
        encoder.abandon()
        raise
    return RenderedFace(data, encoder.mime, resolution, resolution, still.face_id, still.ombre)


def _in_order(pipeline: FacePipeline, frames: Sequence[Frame]) -> Iterator[tuple[int, int, Picture | None]]:
    """Give each frame's number and its picture; or, where it was shown before, the number it had then and None."""
    first_shown: dict[Frame, int] = {}
    for index, frame in enumerate(frames):
        first_shown.setdefault(frame, index)
    different = list(first_shown)
    drawn: dict[Frame, Picture] = {}
    for index, frame in enumerate(frames):
        earlier = first_shown[frame]
        if earlier < index:
            yield index, earlier, None
            continue
        if frame not in drawn:
            at = different.index(frame)
            part = different[at : at + pipeline.slice_size]
            drawn = dict(zip(part, pipeline.draw(part), strict=True))
        yield index, index, drawn[frame]


def _rendered(data: bytes, mime: str, picture: Picture, frame: Frame) -> RenderedFace:
    height_px, width_px, _ = picture.shape
    return RenderedFace(data, mime, width_px, height_px, frame.face_id, frame.ombre)


class BatchedFaces:
    """A `FaceRenderer`: stills of many turns go together, clips in slices behind them."""

    def __init__(self, pipeline: FacePipeline, device: DeviceThread, timing: ClipTiming | None = None) -> None:
        self._pipeline = pipeline
        self._device = device
        self._timing = timing or ClipTiming()
        self._stills = StageBatcher[FaceRequest, RenderedFace](
            device,
            lambda requests: render_stills(pipeline, requests),
            name="face",
            priority=Priority.STILL,
            max_batch=pipeline.batch_size,
        )

    def default_face_id(self) -> str:
        """Return the profile's default catalogue face."""
        return self._pipeline.model.default_face_id

    async def render(self, request: FaceRequest) -> RenderedFace:
        """Render one picture or clip.

        Raises:
            EngineError: unknown face id, or weights that do not fit.
        """
        if request.face.motion == "still":
            return await self._stills.submit(request)
        return await self._device.run_sliced(render_clip(self._pipeline, request, self._timing), Priority.CLIP)
