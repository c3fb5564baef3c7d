"""A profile's faces without the rest of her: for rendering and testing faces at the command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch

from engine.assembly import choose_device
from engine.errors import EngineError
from engine.face.catalogue import engine_of, group_medians
from engine.face.clip import ClipTiming
from engine.face.clip_rendering import render_clip
from engine.face.encode import ClipFormat, encode_png
from engine.face.expression import FaceEngine, Triple
from engine.face.face_model import Frame
from engine.face.image_test import ImageTestResult, Progress, Scorer, random_candidates, run_image_test
from engine.face.loading import load_face_model
from engine.face.pipeline import FacePipeline
from engine.face.scorers import load_scorer
from engine.hair.dyer import BatchDyer
from engine.hair.loading import load_hair_net
from engine.profiles import load_profile
from engine.stages import FaceRequest
from engine.turn_types import FaceChoice, Ombre


class FaceWorkshop:
    """One face engine of a profile, loaded."""

    def __init__(self, pipeline: FacePipeline, scorer: Callable[[], Scorer]) -> None:
        """Make a workshop. `scorer` loads the property network when the image test needs it."""
        self._pipeline = pipeline
        self._scorer = scorer

    @property
    def face_ids(self) -> tuple[str, ...]:
        """The faces there are."""
        return tuple(face.face_id for face in self._pipeline.model.faces)

    def still(self, face_id: str, scores: Triple, ombre: Ombre) -> bytes:
        """Render a PNG.

        Raises:
            EngineError: there is no such face.
        """
        self._check(face_id)
        return encode_png(self._pipeline.draw([Frame(face_id, scores, ombre)])[0])

    def clip(self, face_id: str, scores: Triple, ombre: Ombre, clip_format: ClipFormat) -> bytes:
        """Render the transition to an expression and back.

        Raises:
            EngineError: there is no such face, or the format needs a program that is not there.
        """
        self._check(face_id)
        request = FaceRequest(FaceChoice(face_id, ombre, "moving"), scores, ombre, 0)
        slices = render_clip(self._pipeline, request, ClipTiming(), clip_format)
        while True:
            try:
                next(slices)
            except StopIteration as end:
                data: bytes = end.value.data
                return data

    def test(self, face_id: str, progress: Progress) -> ImageTestResult:
        """Run the published image test on a face.

        Raises:
            EngineError: there is no such face, or no property network.
        """
        self._check(face_id)
        return run_image_test(self._pipeline, face_id, self._scorer(), progress)

    def test_random(self, count: int, seed: int, progress: Progress) -> Iterator[ImageTestResult]:
        """Run the image test on random z, one after the other.

        Raises:
            EngineError: there is no property network.
        """
        engine, scorer = self._pipeline.model.engine, self._scorer()
        self._pipeline.model = random_candidates(self._pipeline.model, count, scorer, group_medians()[engine], seed)
        for face_id in self.face_ids:
            yield run_image_test(self._pipeline, face_id, scorer, progress)

    def close(self) -> None:
        """End the pipeline's threads."""
        self._pipeline.close()

    def _check(self, face_id: str) -> None:
        if face_id not in self.face_ids:
            raise EngineError(f"there is no face {face_id!r} here; choose one of {', '.join(self.face_ids)}")


@contextmanager
def open_faces(profile_name: str, weights_dir: Path, device: str, face_id: str | None) -> Iterator[FaceWorkshop]:
    """Load the face engine that a face belongs to (None: the profile's own).

    Raises:
        EngineError: weights are missing or broken, or the profile does not offer that engine.
    """
    profile = load_profile(profile_name, weights_dir)
    where = choose_device(device)
    wanted: FaceEngine = engine_of(face_id) if face_id is not None else profile.faces[0].engine
    places = [place for place in profile.faces if place.engine == wanted]
    if not places:
        offered: Sequence[str] = [place.engine for place in profile.faces]
        raise EngineError(f"profile {profile_name} has the face engines {', '.join(offered)}, not {wanted}")
    model = load_face_model(wanted, weights_dir, places[0].folder, where)
    dyer = BatchDyer(load_hair_net(weights_dir / profile.hair_folder, where))
    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    folder = places[0].folder
    workshop = FaceWorkshop(FacePipeline(model, dyer), lambda: load_scorer(wanted, weights_dir, folder, where))
    try:
        yield workshop
    finally:
        workshop.close()
