"""Her face as a stage of the turn: stills of many turns in one batch, clips slice by slice in between."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import torch

from engine.batch_log import ObserveBatch, ignore_batch
from engine.batching import DeviceThread, Priority, StageBatcher
from engine.errors import EngineError
from engine.face.catalogue import FaceEntry
from engine.face.clip import ClipTiming
from engine.face.clip_rendering import render_clip
from engine.face.encode import Picture, encode_png, encode_webp
from engine.face.face_model import Frame
from engine.face.motion import RESTING
from engine.face.pipeline import FacePipeline
from engine.live_face import LiveFrame
from engine.stages import FaceRequest
from engine.turn_types import Ombre, RenderedFace

_CLIP = ClipTiming()


class FaceGallery:
    """A `FaceRenderer` over one or more face engines; a face's id tells its engine."""

    def __init__(self, stages: Sequence[FaceStage]) -> None:
        """Make a gallery. The first stage has the default face."""
        self._stages = tuple(stages)

    @property
    def face_ids(self) -> tuple[str, ...]:
        """The faces that can be rendered, the default one first."""
        default = self.default_face_id()
        every = (face.face_id for stage in self._stages for face in stage.faces)
        return (default, *(face_id for face_id in every if face_id != default))

    def default_face_id(self) -> str:
        """Return the profile's default catalogue face."""
        return self._stages[0].default_face_id

    async def render(self, request: FaceRequest) -> RenderedFace:
        """Render one picture or clip; a face that is not here (chosen under other weights) gives the default one.

        Raises:
            EngineError: the stage failed.
        """
        wished = request.face.face_id
        face_id = wished if wished is not None and self._stage_of(wished) else self.default_face_id()
        stage = self._stage_of(face_id)
        assert stage is not None, "the default face is there"
        if request.face.motion == "moving":
            return await stage.clip(replace(request, face=replace(request.face, face_id=face_id)))
        return await stage.still(Frame(face_id, request.scores, request.ombre, request.seed))

    async def preview(self, face_id: str, ombre: Ombre) -> RenderedFace:
        """Render a resting face; every turn's own work goes first.

        Raises:
            EngineError: there is no such face.
        """
        return await self._known_stage(face_id).preview(Frame(face_id, RESTING, ombre))

    async def live(self, frame: LiveFrame) -> bytes:
        """Draw a frame of a watched face as WebP; every turn's own work goes first.

        Raises:
            EngineError: there is no such face.
        """
        return await self._known_stage(frame.face_id).live(Frame(frame.face_id, frame.scores, frame.ombre))

    def close(self) -> None:
        """End the pipelines' threads; the device thread must have stopped."""
        for stage in self._stages:
            stage.close()

    def _known_stage(self, face_id: str) -> FaceStage:
        stage = self._stage_of(face_id)
        if stage is None:
            raise EngineError(f"There is no face {face_id!r} here; choose one of those that `face list` shows")
        return stage

    def _stage_of(self, face_id: str) -> FaceStage | None:
        return next((stage for stage in self._stages if stage.has(face_id)), None)


class FaceStage:
    """One face engine's pipeline on the device thread; files are encoded beside it."""

    def __init__(
        self, pipeline: FacePipeline, device: DeviceThread, *, cores: int, observe: ObserveBatch = ignore_batch
    ) -> None:
        """Make the stage. `cores`: the CPU cores that one picture may be computed with."""
        self._observe = observe
        self._pipeline = pipeline
        self._device = device
        self._cores = cores
        self._stills = self._batcher("face", Priority.STILL)
        self._previews = self._batcher("preview", Priority.LIVE)
        self._live = self._batcher("live", Priority.LIVE, pipeline.slice_size)  # small, so that a reply waits little
        self._ids = frozenset(face.face_id for face in pipeline.model.faces)

    @property
    def faces(self) -> tuple[FaceEntry, ...]:
        """What the catalogue knows of its faces."""
        return self._pipeline.model.faces

    @property
    def default_face_id(self) -> str:
        """The face shown to who has not chosen one."""
        return self._pipeline.model.default_face_id

    def has(self, face_id: str) -> bool:
        """Tell whether this engine draws a face."""
        return face_id in self._ids

    async def still(self, frame: Frame) -> RenderedFace:
        """Render one picture."""
        return await self._one(frame, self._stills)

    async def preview(self, frame: Frame) -> RenderedFace:
        """Render one picture that can wait."""
        return await self._one(frame, self._previews)

    async def live(self, frame: Frame) -> bytes:
        """Draw one frame of a watched face as WebP."""
        picture = await self._live.submit(frame)
        return await asyncio.to_thread(encode_webp, picture)

    async def clip(self, request: FaceRequest) -> RenderedFace:
        """Render the clip to an expression and back, slice by slice, so that more urgent work goes in between."""
        return await self._device.run_sliced(render_clip(self._pipeline, request, _CLIP), Priority.CLIP)

    def close(self) -> None:
        """End the pipeline's threads; the device thread must have stopped."""
        self._pipeline.close()

    def _batcher(self, name: str, priority: Priority, most: int | None = None) -> StageBatcher[Frame, Picture]:
        return StageBatcher(
            self._device,
            self._draw,
            name=name,
            priority=priority,
            max_batch=most or self._pipeline.batch_size,
            observe=lambda rows: self._observe(name, rows),
        )

    def _draw(self, frames: Sequence[Frame]) -> list[Picture]:
        # The device thread computes texts on one core where they are small; a picture takes them all.
        usual = torch.get_num_threads()
        torch.set_num_threads(self._cores)
        try:
            return self._pipeline.draw(frames)
        finally:
            torch.set_num_threads(usual)

    async def _one(self, frame: Frame, stage: StageBatcher[Frame, Picture]) -> RenderedFace:
        picture = await stage.submit(frame)
        data = await asyncio.to_thread(encode_png, picture)
        height, width = picture.shape[:2]
        return RenderedFace(data, "image/png", width, height, frame.face_id, frame.ombre)
