"""Her face as a stage of the turn: stills of many turns in one batch, clips frame by frame in between."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import torch

from engine.batching import DeviceThread, Priority, StageBatcher
from engine.face.catalogue import FaceEntry
from engine.face.clip import ClipTiming, clip_scores
from engine.face.encode import LIMIT_BYTES, Picture, WebpEncoder, encode_png
from engine.face.face_model import Frame
from engine.face.motion import RESTING
from engine.face.pipeline import FacePipeline
from engine.stages import FaceRequest
from engine.turn_types import Ombre, RenderedFace

_CLIP = ClipTiming()


class FaceStage:
    """A `FaceRenderer` over a pipeline on the device thread; files are encoded beside it."""

    def __init__(self, pipeline: FacePipeline, device: DeviceThread, *, cores: int) -> None:
        """Make the stage. `cores`: the CPU cores that one picture may be computed with."""
        self._pipeline = pipeline
        self._device = device
        self._cores = cores
        self._stills = self._batcher("face", Priority.STILL)
        self._previews = self._batcher("preview", Priority.LIVE)
        self._ids = tuple(face.face_id for face in pipeline.model.faces)
        # One frame a core is the shortest slice of a clip that uses every core.
        self._slice = cores if pipeline.model.device.type == "cpu" else pipeline.batch_size

    @property
    def face_ids(self) -> tuple[str, ...]:
        """The faces that can be rendered, the default one first."""
        default = self.default_face_id()
        return (default, *(face_id for face_id in self._ids if face_id != default))

    @property
    def faces(self) -> tuple[FaceEntry, ...]:
        """What the catalogue knows of them."""
        return self._pipeline.model.faces

    def default_face_id(self) -> str:
        """Return the profile's default catalogue face."""
        return self._pipeline.model.default_face_id

    async def render(self, request: FaceRequest) -> RenderedFace:
        """Render one picture or clip; a face that is not here (chosen under other weights) gives the default one.

        Raises:
            EngineError: the stage failed.
        """
        wished = request.face.face_id
        face_id = wished if wished in self._ids else self.default_face_id()
        if request.face.motion == "moving":
            return await self._clip(face_id, request)
        frame = Frame(face_id, request.scores, request.ombre, request.seed)
        return await self._still(frame, self._stills)

    async def preview(self, face_id: str, ombre: Ombre) -> RenderedFace:
        """Render a resting face; every turn's own work goes first.

        Raises:
            EngineError: there is no such face.
        """
        self._pipeline.model.row_of(face_id)
        return await self._still(Frame(face_id, RESTING, ombre), self._previews)

    def close(self) -> None:
        """End the pipeline's threads; the device thread must have stopped."""
        self._pipeline.close()

    def _batcher(self, name: str, priority: Priority) -> StageBatcher[Frame, Picture]:
        return StageBatcher(self._device, self._draw, name=name, priority=priority, max_batch=self._pipeline.batch_size)

    def _draw(self, frames: Sequence[Frame]) -> list[Picture]:
        # The device thread computes texts on one core where they are small; a picture takes them all.
        usual = torch.get_num_threads()
        torch.set_num_threads(self._cores)
        try:
            return self._pipeline.draw(frames)
        finally:
            torch.set_num_threads(usual)

    async def _still(self, frame: Frame, stage: StageBatcher[Frame, Picture]) -> RenderedFace:
        picture = await stage.submit(frame)
        data = await asyncio.to_thread(encode_png, picture)
        return _rendered(data, "image/png", picture, frame.face_id, frame.ombre)

    async def _clip(self, face_id: str, request: FaceRequest) -> RenderedFace:
        """Draw a clip slice by slice, so that anything more urgent goes in between."""
        frames = [Frame(face_id, scores, request.ombre, request.seed) for scores in clip_scores(request.scores, _CLIP)]
        size = self._pipeline.model.config.resolution
        encoder = WebpEncoder((size, size), _CLIP.frame_count, _CLIP.frame_ms, LIMIT_BYTES)
        places: dict[Frame, int] = {}
        picture: Picture | None = None
        for start in range(0, len(frames), self._slice):
            part = frames[start : start + self._slice]
            fresh = [frame for frame in dict.fromkeys(part) if frame not in places]
            drawn: dict[Frame, Picture] = {}
            if fresh:
                pictures = await self._device.run(partial(self._draw, fresh), Priority.CLIP)
                drawn = dict(zip(fresh, pictures, strict=True))
                picture = pictures[0]
            await asyncio.to_thread(_append, encoder, part, drawn, places, start)
        assert picture is not None, "a clip has frames"
        data = await asyncio.to_thread(encoder.finish)
        return _rendered(data, encoder.mime, picture, face_id, request.ombre)


def _append(
    encoder: WebpEncoder, part: Sequence[Frame], drawn: dict[Frame, Picture], places: dict[Frame, int], start: int
) -> None:
    for index, frame in enumerate(part, start):
        if frame in places:
            encoder.add_again(places[frame])
        else:
            encoder.add(drawn[frame])
            places[frame] = index


def _rendered(data: bytes, mime: str, picture: Picture, face_id: str, ombre: Ombre) -> RenderedFace:
    height, width = picture.shape[:2]
    return RenderedFace(data, mime, width, height, face_id, ombre)
