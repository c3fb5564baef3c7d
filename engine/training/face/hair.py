"""The hairstyle's outlines: the back, the two curtains that frame the face, and the fringe."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.training.face.curves import Points, between, resample, spline, stroke
from engine.training.face.head import HeadFrame, solid
from engine.training.face.look import Look

LINE_POINTS = 64
IRREGULAR = tuple(float(x) for x in np.random.default_rng(7).uniform(0, 1, 64))  # fixed: the same in every portrait
_LOCKS = 6


class HairShape:
    """The outlines of one hairstyle, in the picture."""

    def __init__(self, frame: HeadFrame, look: Look) -> None:
        self._frame = frame
        self._wide = 1 + 0.06 * look.hair_volume
        self._part = -8.0 + 8.0 * look.parting  # where the hair parts, in head units
        self._tip = 108.0 + 38.0 * look.hair_length  # how far down it hangs
        self._swing = 4.6 * max(look.hair_wave + 0.3, 0.0) / 1.3
        self._fringe = max(look.bangs, 0.0)
        self._outer = {side: self._outer_line(side) for side in (-1.0, 1.0)}
        self._inner = {side: self._inner_line(side) for side in (-1.0, 1.0)}

    def _run(self, line: npt.NDArray[np.float64], side: float, phase: float) -> Points:
        """Let a line sway from the ears downwards, and project it to 64 points."""
        curve = spline(line, steps=12)
        down = np.clip((curve[:, 1] - 2.0) / 45.0, 0.0, 1.0)
        curve[:, 0] += side * self._swing * down * np.sin(curve[:, 1] * 0.105 + phase)
        return resample(self._frame.place(curve), LINE_POINTS)

    def outer(self, side: float) -> Points:
        """Give the outer outline of a curtain from the parting down to its tip: (64, 2)."""
        return self._outer[side]

    def inner(self, side: float) -> Points:
        """Give the inner outline of a curtain, from the parting over temple and cheek to the tip: (64, 2)."""
        return self._inner[side]

    def _outer_line(self, side: float) -> Points:
        w, tip = self._wide, self._tip
        line = solid(
            (self._part - side * 1.5, -69 * w, 10), (self._part * 0.6 + side * 16, -72.5 * w, 4),
            (side * 38 * w, -62 * w, -2), (side * 52 * w, -38, -6), (side * 56.5 * w, -6, -8),
            (side * 57.5 * w, 26, -8), (side * 59.5 * w, 52, -7),
            (side * (59 * w + 1.0), 0.35 * 52 + 0.65 * tip, -5), (side * 52 * w, tip, 0),
        )  # fmt: skip
        return self._run(line, side, 0.0)

    def _inner_line(self, side: float) -> Points:
        tip = self._tip
        reach = abs(side * 31 - self._part)
        far = 14.0 * max(side * self._frame.turn, 0.0)  # the far curtain stays clear of the eye
        line = solid(
            (self._part - side * 2.5, -68 * self._wide, 14), (self._part + side * 0.05 * reach, -50, 34),
            (self._part + side * 0.46 * reach, -42, 38), (side * (32.5 + far), -25, 32), (side * (38.2 + far), -3, 22),
            (side * (37.0 + far), 22, 15), (side * (33.0 + 0.5 * far), 48, 12),
            (side * 29.0, 0.5 * (48 + tip), 9), (side * 31, tip, 5),
        )  # fmt: skip
        return self._run(line, side, 0.35)

    def curtain(self, side: float) -> list[Points]:
        """Give one curtain as polygons: its body and the locks in which it ends."""
        outer, inner = self.outer(side), self.inner(side)
        body = np.concatenate([outer[:52], inner[:52][::-1]])
        return [body, *self._ends(outer, inner, side)]

    def _ends(self, outer: Points, inner: Points, side: float) -> list[Points]:
        locks = []
        for index in range(_LOCKS):
            line = between(outer, inner, (index + 0.5) / _LOCKS)[36:]
            width = float(np.hypot(*(outer[48] - inner[48]))) / _LOCKS
            drop = (4.0 + 9.0 * IRREGULAR[index]) * np.linspace(0, 1, len(line)) ** 2
            curl = side * (2.5 * IRREGULAR[index + 8] - 2.2) * np.linspace(0, 1, len(line)) ** 2
            locks.append(stroke(line + np.stack([curl, drop], axis=1), 2.5 * width, taper=(0.3, 0.0), power=0.9))
        return locks

    def strands(self, side: float, count: int) -> list[Points]:
        """Give lines that flow with a curtain, from its outer outline to its inner one."""
        outer, inner = self.outer(side), self.inner(side)
        return [between(outer, inner, (i + 0.15 + 0.7 * IRREGULAR[i]) / count) for i in range(count)]

    def back(self) -> tuple[Points, Points]:
        """Give the right and left outline of the hair behind the neck: (64, 2) each, from the crown down."""
        w, tip = self._wide, self._tip + 4
        sides = []
        for side in (1.0, -1.0):
            line = solid(
                (0, -66 * w, -8), (side * 30, -62, -8), (side * 50 * w, -36, -6), (side * 54 * w, 0, -4),
                (side * 55 * w, 40, -6), (side * (55 * w + 1), 0.5 * (40 + tip), -12), (side * 45 * w, tip - 3, -8),
                (side * 18, tip + 2, -8), (0, tip + 2, -8),
            )  # fmt: skip
            sides.append(self._run(line, side, 0.2))
        return sides[0], sides[1]

    def silhouette(self) -> Points:
        """Give the outline of the whole head of hair, between the outer lines of both curtains."""
        return np.concatenate([self.outer(1.0), self.outer(-1.0)[::-1]])

    def fringe(self) -> list[Points]:
        """Give the centre lines of the fringe's locks, (24, 2) each, from the temples inwards; none when it is open."""
        if self._fringe <= 0:
            return []
        lines = []
        for index in sorted(range(11), key=lambda i: -abs(i - 5)):
            share = index / 5 - 1
            low = -13.0 - 5.0 * (1 - self._fringe) + 8.0 * share**2 + 5.0 * (IRREGULAR[index] - 0.5)
            line = solid(
                (self._part * 0.8 + 14 * share, -63 + 4 * share**2, 26), (0.45 * self._part + 28 * share, -46, 36),
                (34 * share + 1.0, -28, 40), (39.0 * share + 2.6 * (IRREGULAR[index + 16] - 0.5), low, 42),
            )  # fmt: skip
            lines.append(resample(self._frame.place(spline(line)), 24))
        return lines

    @property
    def fringe_width(self) -> float:
        """Give the width of one lock of the fringe in pixels."""
        return 4.0 + 9.0 * min(self._fringe * 1.3, 1.0)

    @property
    def fringe_strength(self) -> float:
        """Give how much of the fringe shows: it fades in as wisps."""
        return min(self._fringe * 3.0, 1.0)
