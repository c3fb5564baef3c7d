"""Eyes and eyebrows of the portrait."""

from __future__ import annotations

import numpy as np

from engine.training.face.canvas import Canvas, coverage, ellipse, glow, mix, ramp
from engine.training.face.curves import Points, moved, spline, stroke
from engine.training.face.head import HeadFrame
from engine.training.face.look import Expression, Look, Palette

_WHITE = (0.965, 0.95, 0.945)
_WHITE_SHADE = (0.78, 0.73, 0.76)
_ACROSS = np.linspace(-1.0, 1.0, 17)  # from the inner corner to the outer one


def openness(eyes: float) -> float:
    """Turn the eyes score into lid opening: 0 closed (score -1.05 and below), 0.92 at score 0, 1.26 at 1.2."""
    if eyes < 0:
        return 0.92 * (1 - min(-eyes / 1.05, 1.0) ** 1.5)
    return 0.92 + 0.28 * min(eyes, 1.8)


class _Eye:
    """One eye's geometry in the picture; `side` is -1 for the left of the picture."""

    def __init__(self, frame: HeadFrame, look: Look, expression: Expression, side: float) -> None:
        self._frame, self._side = frame, side
        size = 1 + 0.09 * look.eye_size
        self._half = 11.6 * size
        self._x = 19.8 + 1.3 * look.eye_gap
        self._tilt = 1.5 + 1.5 * look.eye_tilt
        self._opened = openness(expression.eyes)
        self.size = size
        self.iris = frame.spot(side * (self._x - 0.5), 2.2, 39)
        self.radius = 8.7 * size

    def lid(self, height_up: float) -> Points:
        """Give a curve from inner to outer corner, `height_up` head units above the corners' line at its peak."""
        shape = (1 - _ACROSS**2) ** 0.62 * (1 - 0.10 * _ACROSS)
        y = 4.2 - self._tilt * 0.5 * (_ACROSS + 0.2) - height_up * shape
        x = self._side * (self._x + self._half * _ACROSS)
        depth = 39.5 - 5.0 * _ACROSS - 3.0 * _ACROSS**2
        return self._frame.place(np.stack([x, y, depth], axis=1))

    def upper(self, lift: float = 0.0) -> Points:
        """Give the edge of the upper lid, `lift` above it."""
        return self.lid(-3.6 + (13.2 * self.size) * min(self._opened, 1.35) + lift)

    def lower(self) -> Points:
        """Give the edge of the lower lid."""
        return self.lid(-3.6 - 1.4 * min(self._opened, 1.0))

    def wing(self) -> Points:
        """Give the short line by which the upper lash runs past the outer corner."""
        edge = self.upper()
        last, before = edge[-1], edge[-3]
        out = self._side * 2.8
        return np.stack([before, last, moved(last, out * 0.6, -0.9), moved(last, out, -1.9)])


def draw_eyes(canvas: Canvas, frame: HeadFrame, look: Look, expression: Expression, colours: Palette) -> None:
    """Paint both eyes and eyebrows."""
    for side in (-1.0, 1.0):
        eye = _Eye(frame, look, expression, side)
        _draw_ball(canvas, frame, eye, colours)
        _draw_lids(canvas, eye, colours)
        _draw_brow(canvas, frame, look, expression, colours, side)


def _draw_ball(canvas: Canvas, frame: HeadFrame, eye: _Eye, colours: Palette) -> None:
    upper, lower = eye.upper(), eye.lower()
    opening = coverage([np.concatenate([upper, lower[::-1]])])
    if not opening.any():
        return
    top = float(upper[:, 1].min())
    canvas.paint(opening, mix(_WHITE_SHADE, _WHITE, ramp((0, top), (0, top + 9))), hair=False)
    squeeze = 1 - 0.45 * abs(frame.turn)
    x, y = eye.iris[0] + 4.0 * frame.turn, eye.iris[1]
    radius = eye.radius
    iris = coverage([ellipse((x, y), (radius * squeeze, radius * 1.06))], blur_px=0.35) * opening
    shading = mix(colours.iris_dark, colours.iris, ramp((0, y - radius * 0.75), (0, y + radius * 0.9)))
    canvas.paint(iris, shading)
    ring = coverage([ellipse((x, y), (radius * 0.80 * squeeze, radius * 0.86))], blur_px=0.8)
    canvas.paint(iris * (1 - ring), colours.iris_dark, 0.85)
    canvas.paint(iris * glow((x, y + radius * 0.55), radius * 0.42), mix(colours.iris, (1.0, 0.95, 0.85), 0.45), 0.75)
    pupil = coverage([ellipse((x, y), (radius * 0.40 * squeeze, radius * 0.44))], blur_px=0.5) * opening
    canvas.paint(pupil, mix(colours.iris_dark, (0.05, 0.03, 0.05), 0.75), 0.95)
    canvas.paint(opening * ramp((0, top + 5.5), (0, top - 0.5)), colours.lash, 0.45)
    spark = coverage([ellipse((x - radius * 0.32, y - radius * 0.38), (2.35, 2.75))]) * opening
    canvas.paint(spark, (1.0, 1.0, 1.0), 0.97)
    glint = coverage([ellipse((x + radius * 0.38, y + radius * 0.42), (1.3, 1.3))]) * opening
    canvas.paint(glint, (1.0, 1.0, 1.0), 0.7)
    canvas.paint(opening * coverage([stroke(lower, 1.5)], blur_px=0.5), colours.blush, 0.35)


def _draw_lids(canvas: Canvas, eye: _Eye, colours: Palette) -> None:
    crease = eye.upper(lift=3.6)[3:]
    canvas.paint(coverage([stroke(crease, 1.5)], blur_px=0.5), colours.skin_shade, 1.0)
    canvas.paint(coverage([stroke(crease, 1.0)]), colours.blush, 0.5)
    shadow = np.concatenate([eye.upper(lift=3.2), eye.upper()[::-1]])
    canvas.paint(coverage([shadow], blur_px=0.8), colours.blush, 0.28)
    lower = eye.lower()
    canvas.paint(coverage([stroke(moved(lower[6:], 0, 0.4), 1.2)], blur_px=0.4), colours.lash, 0.45)
    lash = [stroke(spline(eye.upper()[1::2]), 3.1, taper=(0.25, 0.55)), stroke(spline(eye.wing()), 2.2)]
    canvas.paint(coverage(lash), colours.lash)


def _draw_brow(
    canvas: Canvas, frame: HeadFrame, look: Look, expression: Expression, colours: Palette, side: float
) -> None:
    lift = 2.0 * min(max(expression.eyes, -0.6), 1.4) + 0.5 * max(expression.mouth, 0.0)
    arch = 0.8 + 0.9 * look.brow
    line = solid_brow(side, lift, arch)
    width = 4.0 + 0.7 * look.brow
    shape = stroke(spline(frame.place(line)), width, taper=(0.6, 0.0), power=0.6)
    canvas.paint(coverage([shape], blur_px=0.7), colours.brow, 0.72)


def solid_brow(side: float, lift: float, arch: float) -> Points:
    """Give an eyebrow's centre line in head units, from the nose outwards: (4, 3)."""
    return np.asarray([
        (side * 10.0, -13.2 - lift * 0.8, 42), (side * 17.5, -15.0 - lift - 0.3 * arch, 41),
        (side * 25.5, -15.0 - lift - 0.8 * arch, 36), (side * 33.0, -10.8 - lift * 0.8, 29),
    ])  # fmt: skip
