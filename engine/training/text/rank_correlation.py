"""Spearman's rank correlation."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def _ranks(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return ranks from 1, equal values sharing the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return ((last - counts + 1 + last) / 2)[places]


def rank_correlation(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> float:
    """Return Spearman's rho of two (N,) arrays."""
    return float(np.corrcoef(_ranks(first), _ranks(second))[0, 1])
