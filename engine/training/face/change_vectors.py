"""Change vectors: in w, the normals of the planes that separate high from low scores, group by group.

The published VectorFind method: score random pictures, split them into groups by the medians of what an edit should
leave alone, train a linear classifier on the top and bottom share of each group. The positive class is `smallest`, so
adding a vector lowers its score.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.svm import LinearSVC

from engine.face.mini_property_cnn import MINI_SCORES, MiniPropertyCNN
from engine.training.face.drawer import Drawer
from engine.training.face.property_cnn import score_images

GROUP_SCORES = ("hair_color", "hair_length")
PROPERTIES = 3
SHARE = 0.2
Rows = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ScoredPoints:
    """Random points with the scores of their pictures."""

    z: Rows  # (N, z_dim)
    w: Rows  # (N, w_dim)
    scores: Rows  # (N, 7)


def score_points(
    drawer: Drawer, network: MiniPropertyCNN, z: Rows, told: Callable[[float], None], batch: int = 16
) -> ScoredPoints:
    """Draw and score every point."""
    points, scores = [], []
    for start in range(0, len(z), batch):
        w = drawer.w(z[start : start + batch])
        points.append(w)
        scores.append(score_images(network, drawer.draw(w)))
        told((start + len(w)) / len(z))
    return ScoredPoints(z, np.concatenate(points), np.concatenate(scores))


def groups_of(scores: Rows, medians: dict[str, float]) -> npt.NDArray[np.int64]:
    """Give each picture's group number: one binary digit for each median it reaches."""
    numbers = np.zeros(len(scores), dtype=np.int64)
    for name, median in medians.items():
        numbers = 2 * numbers + (scores[:, MINI_SCORES.index(name)] >= median)
    return numbers


def separating_normal(w: Rows, scores: npt.NDArray[np.float64], seed: int, share: float = SHARE) -> tuple[Rows, float]:
    """Find the unit normal that points to lower scores, and its accuracy on a fifth kept back."""
    order = np.argsort(scores)
    take = max(2, int(share * len(order)))
    chosen = np.concatenate([order[:take], order[-take:]])
    names = np.asarray(["smallest"] * take + ["largest"] * take)
    mixed = np.random.default_rng([seed, 6]).permutation(len(chosen))
    chosen, names = chosen[mixed], names[mixed]
    cut = max(2, int(0.8 * len(chosen)))
    if len(set(names[:cut])) < 2 or cut == len(chosen):
        cut = len(chosen)
    classifier = LinearSVC(C=0.01, random_state=2025, max_iter=20_000)
    classifier.fit(w[chosen[:cut]], names[:cut])
    kept = slice(cut, None) if cut < len(chosen) else slice(None)
    accuracy = float(classifier.score(w[chosen[kept]], names[kept]))
    normal = classifier.coef_[0] / np.linalg.norm(classifier.coef_[0])
    return normal, accuracy


@dataclass(frozen=True, slots=True)
class ChangeVectors:
    """One set of vectors a group, and how well the planes separated."""

    vectors: Rows  # (G, 3, w_dim)
    accuracy: Rows  # (G, 3)
    medians: dict[str, float]


def find_change_vectors(points: ScoredPoints, medians: dict[str, float], seed: int) -> ChangeVectors:
    """Find the vectors of every group, scaled so that one unit of weight is about one unit of score.

    The scale is the inverse slope of the score along the normal over all points of the group, so that the published
    score ranges keep their meaning.
    """
    numbers = groups_of(points.scores, medians)
    vectors, accuracies = [], []
    for group in range(2 ** len(medians)):
        member = np.flatnonzero(numbers == group)
        if len(member) < 10:
            member = np.arange(len(numbers))
        for column in range(PROPERTIES):
            normal, accuracy = separating_normal(points.w[member], points.scores[member, column], seed)
            along = points.w[member] @ normal
            slope = float(np.polyfit(along, points.scores[member, column], 1)[0])
            vectors.append(normal / max(abs(slope), 1e-3))
            accuracies.append(accuracy)
    shape = (2 ** len(medians), PROPERTIES)
    return ChangeVectors(np.stack(vectors).reshape(*shape, -1), np.asarray(accuracies).reshape(shape), medians)


def measured_units(
    changes: ChangeVectors, drawer: Drawer, network: MiniPropertyCNN, points: ScoredPoints, seed: int, count: int
) -> ChangeVectors:
    """Scale every vector by what it really does: draw some points of its group half a unit to either side."""
    numbers = groups_of(points.scores, changes.medians)
    rng = np.random.default_rng([seed, 11])
    vectors = changes.vectors.copy()
    for group in range(len(vectors)):
        member = np.flatnonzero(numbers == group)
        chosen = points.w[rng.permutation(member if len(member) else np.arange(len(numbers)))[:count]]
        for column in range(PROPERTIES):
            step = 0.5 * vectors[group, column]
            sides = [score_images(network, drawer.draw(chosen + s)) for s in (-step, step)]
            rise = float((sides[0] - sides[1])[:, column].mean())
            vectors[group, column] /= min(max(rise, 0.25), 4.0)
    return ChangeVectors(vectors, changes.accuracy, changes.medians)
