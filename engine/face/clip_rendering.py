"""From a request to an encoded clip, drawn and encoded a few frames at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from engine.face.clip import ClipTiming, clip_scores
from engine.face.encode import ClipFormat, Picture, clip_encoder
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
