"""Cubic resizing as a matrix, so that NumPy and torch give the same numbers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

SHARPNESS = -0.75  # the `a` of the cubic kernel, as in OpenCV and torch


def _kernel(distance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Weigh a sample by its distance; Keys 1981."""
    x, a = np.abs(distance), SHARPNESS
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((x - 5) * x + 8) * a * x - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


@lru_cache(maxsize=8)
def resize_matrix(source: int, target: int) -> npt.NDArray[np.float32]:
    """Return the (target, source) float32 matrix that resizes a line; samples outside repeat the border."""
    centre = (np.arange(target) + 0.5) * source / target - 0.5
    matrix = np.zeros((target, source))
    for offset in range(-1, 3):
        position = np.floor(centre) + offset
        column = np.clip(position, 0, source - 1).astype(int)
        np.add.at(matrix, (np.arange(target), column), _kernel(centre - position))
    result = matrix.astype(np.float32)
    result.flags.writeable = False
    return result
