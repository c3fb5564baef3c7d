"""Our way of drawing a clip beside the sequential way of the published programs, in one run.

Both draw the same frames with the same full-size fake weights; their pictures may differ by one level at most.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import torch

from engine.errors import EngineError
from engine.face.catalogue import FaceEntry
from engine.face.clip import ClipTiming, clip_scores
from engine.face.clip_rendering import render_clip
from engine.face.expression import Triple
from engine.face.face_model import FaceModel, Frame
from engine.face.face_vectors import PROPERTIES, FaceVectors
from engine.face.generator_config import V8, GeneratorConfig
from engine.face.motion import RESTING, cosine_line
from engine.face.pipeline import FacePipeline, Picture
from engine.face.reference_path import draw_sequentially
from engine.face.stylegan import Generator
from engine.fake_weights import fill_with_fakes
from engine.hair.segmentation import PUBLISHED, HairSegmentation, SegmentationConfig
from engine.stages import FaceRequest
from engine.turn_types import FaceChoice, Ombre

Progress = Callable[[str, float, float | None], None]  # message, share done in [0, 1], seconds left if known
TARGET: Triple = (0.9, 1.2, 1.1)  # eyes wide, mouth open, head turned
DYE = Ombre(hue=0.55, height=0.7, gradient=0.5)
MOST_LEVELS = 1
FACE_ID = "v8:0"


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure measured several times."""

    median: float
    low: float
    high: float

    @staticmethod
    def of(values: Sequence[float]) -> Spread:
        """Return the median and the ends of some measurements."""
        return Spread(round(median(values), 3), round(min(values), 3), round(max(values), 3))


@dataclass(frozen=True, slots=True)
class FaceBench:
    """What one run measured. `ratio` is sequential time over ours, for frames that all differ.

    `clip_ratio` is the same for a whole answer clip, whose way back repeats the faces of the way there.
    """

    frames: int
    threads: int
    device: str
    ratio: Spread
    ours_fps: Spread
    sequential_fps: Spread
    clip_ratio: Spread
    clip_frames: int
    most_levels_apart: int
    peak_memory_mib: float
    clip_memory_mib: float


def bench_model(config: GeneratorConfig = V8, device: torch.device | None = None) -> FaceModel:
    """Return a model with fake weights, one random face and random unit change vectors."""
    rng = np.random.default_rng(2025)
    generator = Generator(config)
    fill_with_fakes(generator)
    changes = {
        (name, "x"): vector / np.linalg.norm(vector)
        for name in PROPERTIES
        for vector in [rng.standard_normal(config.edit_dim)]
    }
    vectors = FaceVectors(rng.standard_normal((1, config.z_dim)), rng.standard_normal((1, config.label_dim)), changes)
    face = FaceEntry(FACE_ID, "v8", 0, "x", 0)
    return FaceModel("v8", generator, [face], vectors, device=device)


def bench_hair_net(config: SegmentationConfig = PUBLISHED) -> HairSegmentation:
    """Return a hair net with fake weights."""
    net = HairSegmentation(config)
    fill_with_fakes(net)
    return net


def different_frames(count: int) -> list[Frame]:
    """Return frames from rest to the expression, no two alike."""
    shares = np.interp(np.linspace(0, 50, count, endpoint=False), range(51), cosine_line()[:51])
    frames = []
    for share in shares:
        eyes, mouth, pose = (start + (end - start) * float(share) for start, end in zip(RESTING, TARGET, strict=True))
        frames.append(Frame(FACE_ID, (eyes, mouth, pose), DYE))
    return frames


def bench_face(
    progress: Progress,
    *,
    frames: int = 32,
    repeats: int = 3,
    model: FaceModel | None = None,
    hair_net: HairSegmentation | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> FaceBench:
    """Measure both ways, in turn, `repeats` times.

    Raises:
        EngineError: the two ways' pictures differ by more than one level.
    """
    model, hair_net = model or bench_model(), hair_net or bench_hair_net()
    pipeline = FacePipeline(model, hair_net)
    plan = different_frames(frames)
    try:
        draw_sequentially(model, hair_net, plan[0])  # both warm
        pipeline.draw(plan[: pipeline.batch_size])
        ours: list[float] = []
        sequential: list[float] = []
        apart = 0
        for turn in range(repeats):
            started = clock()
            wanted = [draw_sequentially(model, hair_net, frame) for frame in plan]
            sequential.append(clock() - started)
            progress("sequential", (turn + 0.8) / (repeats + 1), None)
            started = clock()
            drawn = pipeline.draw(plan)
            ours.append(clock() - started)
            progress("ours", (turn + 1) / (repeats + 1), None)
            apart = max(apart, levels_apart(wanted, drawn))
        if apart > MOST_LEVELS:
            raise EngineError(f"the two ways differ by {apart} levels; do not trust this machine's figures")
        clip_s, clip_memory = _measure_clip(pipeline, clock)
    finally:
        pipeline.close()
    timing = ClipTiming(step=1)
    per_frame = [seconds / frames for seconds in sequential]
    return FaceBench(
        frames=frames,
        threads=torch.get_num_threads(),
        device=str(model.device),
        ratio=Spread.of([theirs / own for theirs, own in zip(sequential, ours, strict=True)]),
        ours_fps=Spread.of([frames / seconds for seconds in ours]),
        sequential_fps=Spread.of([frames / seconds for seconds in sequential]),
        clip_ratio=Spread.of([seconds * timing.frame_count / clip_s for seconds in per_frame]),
        clip_frames=timing.frame_count,
        most_levels_apart=apart,
        peak_memory_mib=round(peak_memory_mib(), 1),
        clip_memory_mib=round(clip_memory, 1),
    )


def levels_apart(first: Sequence[Picture], second: Sequence[Picture]) -> int:
    """Return the largest difference of two rows of pictures, in levels of 255."""
    return max(int(np.abs(a.astype(np.int16) - b).max()) for a, b in zip(first, second, strict=True))


def peak_memory_mib() -> float:
    """Return the most memory that this process ever held, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _measure_clip(pipeline: FacePipeline, clock: Callable[[], float]) -> tuple[float, float]:
    """Draw and encode a 110-frame clip: seconds, and MiB by which the peak grew."""
    before = peak_memory_mib()
    request = FaceRequest(FaceChoice(face_id=FACE_ID, motion="moving"), TARGET, DYE, 0)
    timing = ClipTiming(step=1, frame_ms=40)
    assert len(clip_scores(TARGET, timing)) == timing.frame_count
    started = clock()
    for _ in render_clip(pipeline, request, timing):
        pass
    return clock() - started, peak_memory_mib() - before
