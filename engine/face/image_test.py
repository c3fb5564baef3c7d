"""The published picture test: does a face follow its change vectors?

Fifty pictures over a grid of weights are scored by the property network; weights and scores must correlate.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from engine.face.catalogue import FaceEntry, face_id_of
from engine.face.expression import SIGNS, Triple
from engine.face.face_model import FaceModel, Frame
from engine.face.face_vectors import FaceVectors, PropertyName
from engine.face.pipeline import FacePipeline, Picture
from engine.turn_types import Ombre

Scorer = Callable[[Tensor], Tensor]  # (B, 3, 256, 256) float32, [-1, 1], RGB -> (B, 7 or 8) property scores
Progress = Callable[[str, float, float | None], None]  # message, share done in [0, 1], seconds left if known

MOUTH_WEIGHTS = (-1.8, -0.9, 0.0, 0.9, 1.8)
EYES_WEIGHTS = (-1.2, 1.2)
POSE_WEIGHTS = (-1.8, -1.2, -0.6, 0.0, 0.6)
CUTOFFS: Mapping[PropertyName, float] = {"eyes": 0.92, "mouth": 0.88, "pose": 0.88}
# where the eyes, mouth and pose scores, and those of the group letters, stand in a property network's output
SCORE_COLUMNS = (0, 3, 4)
LETTER_COLUMNS: Mapping[str, int] = {"hair_color": 1, "hair_length": 2, "background_mean": 5, "hairstyle": 7}
UNDYED = Ombre(hue=None, height=0.0, gradient=0.0)
THUMBNAIL_PX = 128


@dataclass(frozen=True, slots=True)
class ScoredPicture:
    """One picture: the weights it was drawn with and the scores it got, (eyes, mouth, pose) each."""

    weights: Triple
    scores: Triple


@dataclass(frozen=True, slots=True)
class ImageTestResult:
    """The outcome for one face: a row for each picture, the correlations, and the pictures on one sheet."""

    face_id: str
    rows: tuple[ScoredPicture, ...]
    correlations: Triple
    passed: bool
    sheet: Image.Image


def weight_grid() -> tuple[Triple, ...]:
    """Return the fifty (eyes, mouth, pose) weights: mouth outermost, then eyes, then pose."""
    grid = itertools.product(MOUTH_WEIGHTS, EYES_WEIGHTS, POSE_WEIGHTS)
    return tuple((eyes, mouth, pose) for mouth, eyes, pose in grid)


def correlate(rows: Sequence[ScoredPicture]) -> Triple:
    """Return Pearson's correlation of weight and score for eyes, mouth and pose; 0 where nothing varies."""
    weights, scores = np.array([row.weights for row in rows]), np.array([row.scores for row in rows])
    values = []
    for column in range(3):
        x, y = weights[:, column] - weights[:, column].mean(), scores[:, column] - scores[:, column].mean()
        spread = float(np.sqrt((x @ x) * (y @ y)))
        values.append(float(x @ y) / spread if spread > 1e-9 else 0.0)
    return (values[0], values[1], values[2])


def passes(correlations: Triple, cutoffs: Mapping[PropertyName, float] = CUTOFFS) -> bool:
    """Say whether all three correlations are at or above the cutoffs, whatever their sign."""
    limits = (cutoffs["eyes"], cutoffs["mouth"], cutoffs["pose"])
    return all(abs(value) >= limit for value, limit in zip(correlations, limits, strict=True))


def run_image_test(
    pipeline: FacePipeline,
    face_id: str,
    scorer: Scorer,
    progress: Progress,
    cutoffs: Mapping[PropertyName, float] = CUTOFFS,
) -> ImageTestResult:
    """Draw, score and judge one face.

    Raises:
        EngineError: a face that is not there.
    """
    signs = SIGNS[pipeline.model.engine]
    grid = weight_grid()
    rows: list[ScoredPicture] = []
    sheet = Image.new("RGB", (THUMBNAIL_PX * 10, THUMBNAIL_PX * 5))
    for start in range(0, len(grid), pipeline.batch_size):
        part = grid[start : start + pipeline.batch_size]
        # the pipeline takes scores; the sign makes them the weights of the grid
        frames = [Frame(face_id, _times(signs, weights), UNDYED) for weights in part]
        pictures = pipeline.draw(frames)
        rows += [
            ScoredPicture(weights, scores)
            for weights, scores in zip(part, score_pictures(scorer, pictures), strict=True)
        ]
        for index, picture in enumerate(pictures, start=start):
            thumbnail = Image.fromarray(picture).resize((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
            sheet.paste(thumbnail, (index % 10 * THUMBNAIL_PX, index // 10 * THUMBNAIL_PX))
        progress(face_id, len(rows) / len(grid), None)
    correlations = correlate(rows)
    return ImageTestResult(face_id, tuple(rows), correlations, passes(correlations, cutoffs), sheet)


def score_pictures(scorer: Scorer, pictures: Sequence[Picture]) -> list[Triple]:
    """Score pictures' eyes, mouth and pose."""
    scores = scorer(as_input(pictures))[:, SCORE_COLUMNS].tolist()
    return [(eyes, mouth, pose) for eyes, mouth, pose in scores]


@torch.no_grad()
def as_input(pictures: Sequence[Picture]) -> Tensor:
    """Stack pictures as networks take them: (B, 3, R, R) float32, [-1, 1], RGB."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def random_candidates(
    model: FaceModel, count: int, scorer: Scorer, medians: Mapping[str, float], seed: int
) -> FaceModel:
    """Return a model whose faces are `count` random z, numbered from 1, each in the group its picture belongs to.

    `medians` are those of the generated population, in the order of the group's letters (see weights/faces.json).
    z has four decimals, as the published tables.
    """
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((count, model.config.z_dim)).round(4)
    labels = rng.standard_normal((count, model.config.label_dim)).round(4)
    groups = [_group(model, z[row : row + 1], labels[row : row + 1], scorer, medians) for row in range(count)]
    faces = [
        FaceEntry(face_id_of(model.engine, row + 1), model.engine, row + 1, group, row)
        for row, group in enumerate(groups)
    ]
    return model.with_faces(faces, FaceVectors(z, labels, model.vectors.changes))


def _group(
    model: FaceModel,
    z: npt.NDArray[np.float64],
    label: npt.NDArray[np.float64],
    scorer: Scorer,
    medians: Mapping[str, float],
) -> str:
    with torch.no_grad():
        image = model.generator(torch.from_numpy(z).float(), torch.from_numpy(label).float())
        scores = scorer(image.clamp(-1, 1))[0]
    return "".join("h" if float(scores[LETTER_COLUMNS[name]]) >= median else "l" for name, median in medians.items())


def _times(signs: Triple, weights: Triple) -> Triple:
    return (signs[0] * weights[0], signs[1] * weights[1], signs[2] * weights[2])
