"""Our way of drawing a clip beside the sequential way of the published programs, in one run.

Both draw the same frames with the same full-size fake weights; their pictures may differ by one level at most.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
import torch

from engine.errors import EngineError
from engine.face.catalogue import FaceEntry
from engine.face.clip import ClipTiming
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
from engine.hair.dyer import BatchDyer, PlainDyer
from engine.hair.segmentation import PUBLISHED, HairSegmentation, SegmentationConfig
from engine.stages import FaceRequest
from engine.turn_types import FaceChoice, Ombre

Progress = Callable[[str, float, float | None], None]  # message, share done in [0, 1], seconds left if known
TARGET: Triple = (0.9, 1.2, 1.1)  # eyes wide, mouth open, head turned
DYE = Ombre(hue=0.55, height=0.7, gradient=0.5)
MOST_LEVELS = 1
FACE_ID = "v8:0"
LONG_CLIP = ClipTiming(step=1, frame_ms=40)


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
    """What one run measured; a ratio is sequential time over ours.

    `ratio` is for a clip as answers have it, to an expression and back: the way back shows the faces of the way there,
    and our way draws each of them once. `ratio_without_repeats` is for as many frames that all differ.
    """

    frames: int
    threads: int
    device: str
    ratio: Spread
    ratio_without_repeats: Spread
    ours_fps: Spread
    ours_fps_without_repeats: Spread
    sequential_fps: Spread
    most_levels_apart: int
    long_clip_frames: int
    long_clip_s: float
    peak_memory_mib: float
    long_clip_memory_mib: float


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
    pipeline = FacePipeline(model, BatchDyer(hair_net))
    try:
        times = _measure_frames(pipeline, PlainDyer(hair_net), frames, repeats, progress, clock)
        clip_s, clip_memory_mib = _measure_clip(pipeline, clock)
    finally:
        pipeline.close()
    progress("clip", 1.0, None)
    return FaceBench(
        frames=frames,
        threads=torch.get_num_threads(),
        device=str(model.device),
        ratio=Spread.of([a / b for a, b in zip(times.sequential, times.ours, strict=True)]),
        ratio_without_repeats=Spread.of([a / b for a, b in zip(times.sequential, times.different, strict=True)]),
        ours_fps=Spread.of([frames / seconds for seconds in times.ours]),
        ours_fps_without_repeats=Spread.of([frames / seconds for seconds in times.different]),
        sequential_fps=Spread.of([frames / seconds for seconds in times.sequential]),
        most_levels_apart=times.apart,
        long_clip_frames=LONG_CLIP.frame_count,
        long_clip_s=round(clip_s, 2),
        peak_memory_mib=round(peak_memory_mib(), 1),
        long_clip_memory_mib=round(clip_memory_mib, 1),
    )


@dataclass(slots=True)
class _Times:
    """Seconds of every repeat, and the largest difference of pictures so far."""

    sequential: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    different: list[float] = field(default_factory=list)
    apart: int = 0


def _measure_frames(
    pipeline: FacePipeline,
    dyer: PlainDyer,
    frames: int,
    repeats: int,
    progress: Progress,
    clock: Callable[[], float],
) -> _Times:
    model, times = pipeline.model, _Times()
    there, different = different_frames(-(-frames // 2)), different_frames(frames)
    plan = (there + there[::-1])[:frames]
    draw_sequentially(model, dyer, plan[0])  # both warm
    pipeline.draw(plan[: pipeline.batch_size])
    for turn in range(repeats):
        started = clock()
        wanted = [draw_sequentially(model, dyer, frame) for frame in plan]
        times.sequential.append(clock() - started)
        progress("sequential", (turn + 0.7) / (repeats + 1), None)
        started = clock()
        drawn = pipeline.draw(plan)
        times.ours.append(clock() - started)
        started = clock()
        pipeline.draw(different)
        times.different.append(clock() - started)
        progress("ours", (turn + 1) / (repeats + 1), None)
        times.apart = max(times.apart, levels_apart(wanted, drawn))
        if times.apart > MOST_LEVELS:
            raise EngineError(f"the two ways differ by {times.apart} levels; do not trust this machine's figures")
    return times


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
    started = clock()
    for _ in render_clip(pipeline, request, LONG_CLIP):
        pass
    return clock() - started, peak_memory_mib() - before
