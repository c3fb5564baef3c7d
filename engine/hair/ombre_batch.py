"""The ombre dye for a batch of pictures on a device; the numbers are those of `engine.hair.ombre`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.hair.cubic_resize import resize_matrix
from engine.hair.hue_table import hue_index, hue_table
from engine.hair.ombre import HAIR_LEVEL, RAMP
from engine.turn_types import Ombre


def hair_maps(masks: Tensor, size_px: int) -> Tensor:
    """Enlarge soft masks, (B, h, w) float32 in [0, 1], to (B, size_px, size_px) float32 in [0, 255]."""
    rows = torch.tensor(resize_matrix(masks.shape[1], size_px)).to(masks.device)
    columns = torch.tensor(resize_matrix(masks.shape[2], size_px)).to(masks.device)
    return (rows @ (masks * 255) @ columns.T).sub_(HAIR_LEVEL).mul_(RAMP).clamp_(0, 255)


def row_weights(hair: Tensor, heights: Tensor, gradients: Tensor) -> Tensor:
    """Return (B, H) float32 row weights of hair maps (B, H, W), found on the device; 1 where there is no hair.

    Row numbers are computed in float64 and truncated, as Python does it.
    """
    size_px = hair.shape[1]
    row = torch.arange(size_px, device=hair.device)
    has_hair = hair.amax(dim=2) >= HAIR_LEVEL
    top = torch.where(has_hair, row, size_px).amin(dim=1).double()
    bottom = torch.where(has_hair, row, -1).amax(dim=1).double()
    start = (top + (bottom - top) * (1 - heights)).trunc()
    full = (start + (bottom - start) * gradients).trunc()
    start, full = start[:, None], full[:, None]
    rising = ((row - start) / (full - start).clamp(min=1)).clamp(min=0)
    weights = torch.where(row < full, rising, 1.0)
    return torch.where(has_hair.any(dim=1, keepdim=True), weights, 1.0).float()


def dye_batch(images: Tensor, masks: Tensor, ombres: Sequence[Ombre]) -> Tensor:
    """Dye pictures that all have a hue.

    Args:
        images: (B, H, H, 3) uint8, RGB.
        masks: soft masks, (B, 224, 224) float32 in [0, 1].
        ombres: one for each picture; hues must be set.

    Returns:
        (B, H, H, 3) uint8, RGB, truncated.
    """
    assert images.shape[0] == masks.shape[0] == len(ombres), "one mask and one ombre for each picture"
    device = images.device
    table = hue_table()
    tints = torch.tensor([table[hue_index(ombre.hue or 0.0)].tolist() for ombre in ombres], dtype=torch.float32)
    heights = torch.tensor([ombre.height for ombre in ombres], dtype=torch.float64).to(device)
    gradients = torch.tensor([ombre.gradient for ombre in ombres], dtype=torch.float64).to(device)
    hair = hair_maps(masks, images.shape[1])
    hair.mul_(row_weights(hair, heights, gradients)[:, :, None])
    share = hair.div_(255)[..., None]
    plain = images.float()
    tint = (tints * 0.25 - 38.25).to(device)[:, None, None, :]
    coloured = (plain * 1.35).add_(tint).clamp_(0, 255).trunc_()
    return ((1 - share) * plain).add_(coloured.mul_(share)).to(torch.uint8)
