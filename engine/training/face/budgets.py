"""How much each step does: seconds, the embedded weights, or more of the same (`full` goes on where `small` ends)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.training.context import Budget
from engine.training.face.generator_training import Stage


@dataclass(frozen=True, slots=True)
class FaceBudget:
    """Sizes of the face steps."""

    chunks: int  # portraits are drawn in chunks
    chunk_size: int
    mapping_steps: int
    stages: tuple[Stage, ...]
    cnn_steps: int
    points: int  # random points scored for the change vectors
    candidates: int
    faces: int
    tested_points: int  # random points in the reported image test
    cutoffs: tuple[float, float, float]
    hair_train: int
    hair_test: int
    hair_steps: int
    # judged by eye on the contact sheet of the step's own seed: numbers in the order of the choice
    favourite: int = 1  # becomes the first face
    left_out: tuple[int, ...] = ()


FACE_BUDGETS: Mapping[Budget, FaceBudget] = {
    "tiny": FaceBudget(
        chunks=2, chunk_size=10, mapping_steps=20, stages=(Stage(3, 16, 8, 1e-2, 1e-2), Stage(0, 8, 4, 1e-2, 1e-3)),
        cnn_steps=4, points=16, candidates=2, faces=1, tested_points=1, cutoffs=(0.0, 0.0, 0.0),
        hair_train=8, hair_test=4, hair_steps=3,
    ),
    "small": FaceBudget(
        chunks=24, chunk_size=250, mapping_steps=3000,
        stages=(
            Stage(3, 2400, 8, 2e-2, 1.2e-2), Stage(2, 4800, 8, 1.2e-2, 1e-2), Stage(1, 5000, 8, 1e-2, 7e-3),
            Stage(0, 2200, 8, 6e-3, 6e-3), Stage(0, 12200, 4, 5.5e-3, 1e-4),
        ),
        cnn_steps=600, points=4000, candidates=150, faces=27, tested_points=40, cutoffs=(0.92, 0.88, 0.88),
        hair_train=1500, hair_test=200, hair_steps=500, favourite=13, left_out=(12, 19, 21),
    ),
    "full": FaceBudget(
        chunks=48, chunk_size=250, mapping_steps=6000,
        stages=(
            Stage(3, 2400, 8, 2e-2, 1.2e-2), Stage(2, 4800, 8, 1.2e-2, 1e-2), Stage(1, 5000, 8, 1e-2, 7e-3),
            Stage(0, 2200, 8, 6e-3, 6e-3), Stage(0, 12200, 4, 5.5e-3, 1e-4), Stage(0, 100000, 4, 3e-3, 5e-5),
        ),
        cnn_steps=3000, points=16000, candidates=400, faces=24, tested_points=200, cutoffs=(0.92, 0.88, 0.88),
        hair_train=5000, hair_test=500, hair_steps=3000,
    ),
}  # fmt: skip
