"""How far a generated picture is from its portrait."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

# Where eyes and mouth may be, as shares of the picture: top, bottom, left, right, extra weight.
_REGIONS = ((0.36, 0.51, 0.28, 0.72, 3.0), (0.56, 0.72, 0.38, 0.66, 2.5), (0.28, 0.74, 0.28, 0.72, 0.6))
_EDGE_WEIGHT = 1.0


def region_weights(size_px: int) -> Tensor:
    """Give each pixel's weight, higher around eyes and mouth: (1, 1, size, size) float32, mean 1."""
    weights = torch.ones(1, 1, size_px, size_px)
    for top, bottom, left, right, extra in _REGIONS:
        rows = slice(int(top * size_px), int(bottom * size_px))
        columns = slice(int(left * size_px), int(right * size_px))
        weights[:, :, rows, columns] += extra
    return weights / weights.mean()


def portrait_loss(image: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """Measure the distance of pictures (B, 3, S, S), [-1, 1]: L1 on pixels, on their edges and on three coarser sizes.

    Coarser sizes keep colours and shapes in place, edges (differences of neighbours) keep lines sharp.
    """
    difference = image - target
    loss = (difference.abs() * weights).mean()
    across = (difference[..., :, 1:] - difference[..., :, :-1]).abs() * weights[..., :, 1:]
    down = (difference[..., 1:, :] - difference[..., :-1, :]).abs() * weights[..., 1:, :]
    loss = loss + _EDGE_WEIGHT * (across.mean() + down.mean())
    coarse, coarse_weights = difference, weights
    for _ in range(3):
        coarse, coarse_weights = F.avg_pool2d(coarse, 2), F.avg_pool2d(coarse_weights, 2)
        loss = loss + 0.5 * (coarse.abs() * coarse_weights).mean()
    return loss
