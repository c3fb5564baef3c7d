"""What a point z means: the fixed plan by which z decides look and expression, and where w keeps the expression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from engine.training.face.look import LOOK_NAMES, Expression, Look, look_from_vector

PROPERTIES = ("eyes", "mouth", "pose")
BASE_SPREAD = np.asarray([0.30, 0.40, 0.40])  # standard deviation of a random face's own scores
EDIT_LENGTH = 4.0  # length in w of one unit of score
LOOK_LENGTH = 4.0  # length in w from the middle of a look value to its end
LOWEST = Expression(-1.45, -2.1, -2.1)
HIGHEST = Expression(1.5, 2.0, 2.2)

Rows = npt.NDArray[np.float64]  # (N, D)


@dataclass(frozen=True, slots=True)
class LatentPlan:
    """Directions in z that decide the picture, and orthonormal directions in w that keep it."""

    z_planes: Rows  # (27, z_dim), orthonormal rows: the look's values, then eyes, mouth, pose
    w_planes: Rows  # (27, w_dim), orthonormal rows in the same order
    w_rest: Rows  # (w_dim - 27, w_dim), orthonormal rows across the others
    bends: Rows  # (24, w_dim - 27), frequencies of the bent look features kept in the rest of w
    phases: Rows  # (1, w_dim - 27)

    def look_values(self, z: Rows) -> Rows:
        """Give the look values of points z: (N, 24), each even in [-1, 1] for normal z."""
        along = _normalised(z) @ self.z_planes[: len(LOOK_NAMES)].T
        return 2 * torch.special.ndtr(torch.from_numpy(along)).numpy() - 1

    def looks(self, z: Rows) -> list[Look]:
        """Give the looks of points z."""
        return [look_from_vector(row) for row in self.look_values(z)]

    def base_scores(self, z: Rows) -> Rows:
        """Give the unedited eyes, mouth and pose scores of points z: (N, 3)."""
        return np.asarray(_normalised(z) @ self.z_planes[len(LOOK_NAMES) :].T * BASE_SPREAD)

    def edit_planes(self) -> Rows:
        """Give the steps in w that raise eyes, mouth and pose by one unit of score: (3, w_dim)."""
        return self.w_planes[len(LOOK_NAMES) :] * EDIT_LENGTH

    def first_w(self, z: Rows) -> Rows:
        """Give the w from which the mapping network starts: (N, w_dim)."""
        values = self.look_values(z)
        straight = np.concatenate([values * LOOK_LENGTH, self.base_scores(z) * EDIT_LENGTH], axis=1)
        bent = np.sin(values @ self.bends + self.phases)
        return np.asarray(straight @ self.w_planes + bent @ self.w_rest)


def latent_plan(seed: int, z_dim: int, w_dim: int) -> LatentPlan:
    """Draw the plan for a seed."""
    rng = np.random.default_rng([seed, 1])
    count = len(LOOK_NAMES) + len(PROPERTIES)
    z_planes = np.linalg.qr(rng.standard_normal((z_dim, count)))[0].T
    w_planes = np.linalg.qr(rng.standard_normal((w_dim, w_dim)))[0].T
    bends = rng.standard_normal((len(LOOK_NAMES), w_dim - count)) * 0.2
    phases = rng.uniform(0, 2 * np.pi, (1, w_dim - count))
    return LatentPlan(z_planes, w_planes[:count], w_planes[count:], bends, phases)


def draw_scores(base: Rows, rng: np.random.Generator) -> Rows:
    """Draw the scores at which faces are shown in training: (N, 3).

    A quarter keep their own; the others are even over the whole range, with more closed eyes and closed mouths.
    """
    low = np.asarray([LOWEST.eyes, LOWEST.mouth, LOWEST.pose])
    high = np.asarray([HIGHEST.eyes, HIGHEST.mouth, HIGHEST.pose])
    scores = rng.uniform(low, high, base.shape)
    closed = np.flatnonzero(rng.uniform(size=base.shape[0]) < 0.12)
    scores[closed, 0] = rng.uniform(-1.2, -0.6, len(closed))
    rest = np.flatnonzero(rng.uniform(size=base.shape[0]) < 0.2)
    scores[rest] = rng.normal([-0.2, -1.0, 0.0], [0.12, 0.1, 0.15], (len(rest), 3))
    own = rng.uniform(size=base.shape[0]) < 0.2
    scores[own] = base[own]
    return np.asarray(np.clip(scores, low, high))


def _normalised(z: Rows) -> Rows:
    """Divide rows by their root mean square, as the mapping network does."""
    return np.asarray(z / np.sqrt(np.mean(z**2, axis=1, keepdims=True) + 1e-8))
