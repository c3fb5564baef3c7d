"""The ombre dye: hair takes a colour from some height downwards.

`dye` is the plain NumPy version for one picture; `engine.hair.ombre_batch` does the same for a batch on a device.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.hair.cubic_resize import resize_matrix
from engine.hair.hue_table import hue_index, hue_table
from engine.turn_types import Ombre

HAIR_LEVEL = 191.25  # three quarters of 255: from here on a mask value counts as hair
RAMP = 4.0  # soft values between three quarters and one become the whole range


def hair_map(mask: npt.NDArray[np.float32], size_px: int) -> npt.NDArray[np.float32]:
    """Enlarge the net's soft mask, (h, w) float32 in [0, 1], to (size_px, size_px) float32 in [0, 255]."""
    rows, columns = resize_matrix(mask.shape[0], size_px), resize_matrix(mask.shape[1], size_px)
    enlarged = rows @ (mask * np.float32(255)) @ columns.T
    hair: npt.NDArray[np.float32] = np.clip((enlarged - HAIR_LEVEL) * RAMP, 0, 255).astype(np.float32)
    return hair


def hair_rows(hair: npt.NDArray[np.float32]) -> tuple[int, int] | None:
    """Return the first and last row that has hair, None when there is no hair."""
    rows = np.flatnonzero(hair.max(axis=1) >= HAIR_LEVEL)
    return None if rows.size == 0 else (int(rows[0]), int(rows[-1]))


def row_weights(top: int, bottom: int, height: float, gradient: float, size_px: int) -> npt.NDArray[np.float32]:
    """Return (size_px,) float32: 0 above the dyed part, rising over its gradient share, then 1."""
    start = int(top + (bottom - top) * (1 - height))
    full = int(start + (bottom - start) * gradient)
    row = np.arange(size_px)
    rising = (row - start) / max(full - start, 1)
    weights: npt.NDArray[np.float32] = np.where(row < full, np.maximum(rising, 0), 1).astype(np.float32)
    return weights


def dye_float(image: npt.NDArray[np.uint8], mask: npt.NDArray[np.float32], ombre: Ombre) -> npt.NDArray[np.float32]:
    """Dye one picture and keep the fractions: (H, H, 3) float32 in [0, 255], RGB.

    Args:
        image: (H, H, 3) uint8, RGB.
        mask: the net's soft mask, (224, 224) float32 in [0, 1].
        ombre: hue, height and gradient; the hue must be set.
    """
    assert ombre.hue is not None, "an undyed picture needs no dye"
    size_px = image.shape[0]
    hair = hair_map(mask, size_px)
    rows = hair_rows(hair)
    if rows is not None:
        hair = hair * row_weights(*rows, ombre.height, ombre.gradient, size_px)[:, None]
    plain = image.astype(np.float32)
    tint = np.float32(0.25) * hue_table()[hue_index(ombre.hue)].astype(np.float32) - np.float32(38.25)
    coloured = np.clip(np.float32(1.35) * plain + tint, 0, 255).astype(np.uint8)
    share = (hair / np.float32(255))[:, :, None]
    dyed: npt.NDArray[np.float32] = (1 - share) * plain + share * coloured
    return dyed


def dye(image: npt.NDArray[np.uint8], mask: npt.NDArray[np.float32], ombre: Ombre) -> npt.NDArray[np.uint8]:
    """Dye one picture, (H, H, 3) uint8, RGB, with its soft mask (224, 224); None hue leaves it as it is."""
    if ombre.hue is None:
        return image
    return dye_float(image, mask, ombre).astype(np.uint8)
