"""The portrait's canvas: anti-aliased layers over each other, with the exact hair mask kept beside the colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from engine.training.face.curves import Points

SIZE_PX = 256
OVERSAMPLE = 4
_UNSEEN = 1 / 512  # coverage that changes no byte

Plane = npt.NDArray[np.float32]  # (256, 256), coverage in [0, 1]
Colour = npt.NDArray[np.float32] | tuple[float, float, float]  # RGB in [0, 1], one colour or (256, 256, 3)

_ROWS, _COLUMNS = np.mgrid[0:SIZE_PX, 0:SIZE_PX].astype(np.float32) + 0.5


def coverage(polygons: Sequence[Points], *, blur_px: float = 0.0, strengths: Sequence[float] | None = None) -> Plane:
    """Rasterise polygons into one coverage plane: (256, 256) float32 in [0, 1].

    Args:
        polygons: each (N, 2) in pixels; later ones are drawn over earlier ones.
        blur_px: Gaussian radius for soft shading.
        strengths: coverage inside each polygon; 1 when left out.
    """
    plane = np.zeros((SIZE_PX, SIZE_PX), dtype=np.float32)
    corners = np.concatenate(polygons)
    margin = 2 + int(3 * blur_px)
    left, top = (max(int(low) - margin, 0) for low in np.floor(corners.min(axis=0)))
    right, bottom = (min(int(high) + margin, SIZE_PX) for high in np.ceil(corners.max(axis=0)))
    if right <= left or bottom <= top:
        return plane
    big = Image.new("L", ((right - left) * OVERSAMPLE, (bottom - top) * OVERSAMPLE), 0)
    draw = ImageDraw.Draw(big)
    for index, polygon in enumerate(polygons):
        value = 255 if strengths is None else round(255 * min(max(strengths[index], 0.0), 1.0))
        draw.polygon(((polygon - (left, top)) * OVERSAMPLE).ravel().tolist(), fill=value)
    small = big.reduce(OVERSAMPLE)
    if blur_px > 0:
        small = small.filter(ImageFilter.GaussianBlur(blur_px))
    plane[top:bottom, left:right] = np.asarray(small, dtype=np.float32) / np.float32(255)
    return plane


def ellipse(centre: tuple[float, float], radii: tuple[float, float]) -> Points:
    """Build an ellipse as a 48-point polygon."""
    angle = np.linspace(0.0, 2 * np.pi, 48, endpoint=False)
    return np.stack([centre[0] + radii[0] * np.cos(angle), centre[1] + radii[1] * np.sin(angle)], axis=1)


def glow(centre: tuple[float, float], radius_px: float) -> Plane:
    """Make a soft round spot that falls off like a Gaussian: (256, 256) float32 in [0, 1]."""
    squared = (_COLUMNS - np.float32(centre[0])) ** 2 + (_ROWS - np.float32(centre[1])) ** 2
    return np.asarray(np.exp(-squared / np.float32(2 * radius_px**2)), dtype=np.float32)


def ramp(start: tuple[float, float], end: tuple[float, float]) -> Plane:
    """Make a linear ramp from 0 at `start` to 1 at `end`: (256, 256) float32 in [0, 1]."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    share = ((_COLUMNS - start[0]) * dx + (_ROWS - start[1]) * dy) / (dx * dx + dy * dy)
    return np.clip(share, 0, 1).astype(np.float32)


def mix(first: Colour, second: Colour, share: Plane | float) -> npt.NDArray[np.float32]:
    """Blend two colours; `share` 0 gives the first, 1 the second; planes give (256, 256, 3)."""
    weight = np.asarray(share, dtype=np.float32)
    if weight.ndim == 2:
        weight = weight[:, :, None]
    return np.asarray(first, dtype=np.float32) * (1 - weight) + np.asarray(second, dtype=np.float32) * weight


class Canvas:
    """A 256x256 picture under construction and how much of each pixel is hair."""

    def __init__(self) -> None:
        self.rgb = np.zeros((SIZE_PX, SIZE_PX, 3), dtype=np.float32)
        self.hair = np.zeros((SIZE_PX, SIZE_PX), dtype=np.float32)

    def paint(self, plane: Plane, colour: Colour, alpha: float = 1.0, *, hair: bool | None = False) -> None:
        """Lay a colour over the picture where `plane` covers it.

        Args:
            plane: coverage.
            colour: RGB in [0, 1].
            alpha: strength of the whole layer.
            hair: True for hair, False for what hides hair, None for shading that changes nothing about what is hair.
        """
        rows = np.flatnonzero(plane.max(axis=1) > _UNSEEN)
        columns = np.flatnonzero(plane.max(axis=0) > _UNSEEN)
        if not len(rows):
            return
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        weight = plane[box] * np.float32(alpha)
        tone = np.asarray(colour, dtype=np.float32)
        part = self.rgb[box]
        part += ((tone[box] if tone.ndim == 3 else tone) - part) * weight[:, :, None]
        if hair is not None:
            covered = self.hair[box]
            covered += (np.float32(hair) - covered) * weight

    def picture(self) -> npt.NDArray[np.uint8]:
        """Give the picture: (256, 256, 3) uint8 RGB."""
        return (np.clip(self.rgb, 0, 1) * 255 + 0.5).astype(np.uint8)

    def hair_mask(self) -> npt.NDArray[np.uint8]:
        """Give the hair coverage: (256, 256) uint8, 255 where all is hair."""
        return (np.clip(self.hair, 0, 1) * 255 + 0.5).astype(np.uint8)
