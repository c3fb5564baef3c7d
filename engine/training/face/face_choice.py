"""Choosing the faces: the 50-image test of each candidate, then those that look least like one another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.face.image_test import weight_grid
from engine.face.mini_property_cnn import MiniPropertyCNN
from engine.training.face.change_vectors import GROUP_SCORES, ChangeVectors, groups_of
from engine.training.face.drawer import Drawer, Images, Rows
from engine.training.face.property_cnn import score_images

RESTING = (0.2, 1.0, 0.0)  # weights at rest
TEST_WEIGHTS = np.asarray(weight_grid())  # (50, 3): eyes, mouth, pose


@dataclass(frozen=True, slots=True)
class Candidate:
    """One point that may become a face."""

    z: Rows  # (z_dim,)
    w: Rows  # (w_dim,)
    group: int
    resting: Images  # (256, 256, 3) at the resting weights


@dataclass(frozen=True, slots=True)
class ChosenFace:
    """One face of the catalogue."""

    z: Rows
    group: int
    correlations: tuple[float, float, float]  # absolute, of weight and score over the 50 pictures
    resting: Images


def group_name(group: int) -> str:
    """Spell a group number with a letter for each median: h at or above, l below."""
    bits = len(GROUP_SCORES)
    return "".join("h" if group >> (bits - 1 - place) & 1 else "l" for place in range(bits))


def draw_edits(drawer: Drawer, w: Rows, vectors: Rows, weights: Rows) -> Images:
    """Draw one point at several weights (N, 3): (N, 256, 256, 3)."""
    return drawer.draw(w + weights @ vectors)


def image_test(
    drawer: Drawer, network: MiniPropertyCNN, w: Rows, vectors: Rows, weights: Rows = TEST_WEIGHTS
) -> tuple[float, float, float]:
    """Give the absolute correlations of eyes, mouth and pose weights with the scores of the pictures."""
    scores = score_images(network, draw_edits(drawer, w, vectors, weights))
    eyes, mouth, pose = (abs(float(np.corrcoef(weights[:, i], scores[:, i])[0, 1])) for i in range(3))
    return eyes, mouth, pose


def calm_candidates(
    drawer: Drawer,
    network: MiniPropertyCNN,
    changes: ChangeVectors,
    z: Rows,
    limit: float = 0.45,
    sleepiest: float = -0.3,
) -> list[Candidate]:
    """Keep the points whose own mouth and pose are near the middle and whose eyes are not sleepy."""
    w = drawer.w(z)
    scores = score_images(network, drawer.draw(w))
    groups = groups_of(scores, changes.medians)
    calm = (np.abs(scores[:, 1:3]).max(axis=1) < limit) & (scores[:, 0] > sleepiest)
    resting = np.asarray([RESTING])
    return [
        Candidate(z[i], w[i], int(groups[i]), draw_edits(drawer, w[i], changes.vectors[groups[i]], resting)[0])
        for i in (np.flatnonzero(calm) if calm.any() else np.arange(len(z)))
    ]


def choose_faces(
    candidates: Sequence[Candidate],
    test: Callable[[Candidate], tuple[float, float, float]],
    count: int,
    cutoffs: tuple[float, float, float],
) -> tuple[list[ChosenFace], int]:
    """Go through the candidates from the most unlike on and keep `count` that pass; give them and how many were tested.

    Raises:
        ValueError: no candidate passes.
    """
    chosen: list[ChosenFace] = []
    tested = 0
    looks = np.stack([appearance(candidate.resting) for candidate in candidates])
    left = list(range(len(candidates)))
    held: list[int] = []
    while left and len(chosen) < count:
        if held:
            nearest = np.min(np.abs(looks[left][:, None] - looks[held][None]).mean(axis=2), axis=1)
            index = left.pop(int(nearest.argmax()))
        else:
            index = left.pop(0)
        tested += 1
        candidate = candidates[index]
        correlations = test(candidate)
        if all(value >= cutoff for value, cutoff in zip(correlations, cutoffs, strict=True)):
            held.append(index)
            chosen.append(ChosenFace(candidate.z, candidate.group, correlations, candidate.resting))
    if not chosen:
        raise ValueError(f"none of {tested} candidates passes the cutoffs {cutoffs}; train longer or draw more")
    return chosen, tested


def judged_by_eye(faces: Sequence[ChosenFace], favourite: int, left_out: Collection[int]) -> list[ChosenFace]:
    """Put one face first and leave some out; numbers count from 1 in the order of the choice."""
    kept = [number for number in range(1, len(faces) + 1) if number not in left_out and number != favourite]
    return [faces[number - 1] for number in (favourite, *kept)]


def appearance(image: Images) -> npt.NDArray[np.float32]:
    """Describe a picture for comparison: 16 x 16 average colours, flat, in [0, 1]."""
    small = image.reshape(16, 16, 16, 16, 3).mean(axis=(1, 3)) / 255
    return small.astype(np.float32).ravel()


def mean_distance(faces: Sequence[ChosenFace]) -> float:
    """Give the mean pairwise distance of the faces' appearances."""
    looks = np.stack([appearance(face.resting) for face in faces])
    pairs = [float(np.abs(a - b).mean()) for a, b in itertools.combinations(looks, 2)]
    return float(np.mean(pairs)) if pairs else 0.0


def contact_sheet(images: Sequence[Images], columns: int) -> Image.Image:
    """Lay pictures out in rows."""
    rows = -(-len(images) // columns)
    sheet = Image.new("RGB", (columns * 256, rows * 256), "white")
    for index, image in enumerate(images):
        sheet.paste(Image.fromarray(image), (index % columns * 256, index // columns * 256))
    return sheet
