"""The mouth of the portrait: lips, teeth and tongue."""

from __future__ import annotations

import numpy as np

from engine.training.face.canvas import Canvas, coverage, ellipse, glow, mix
from engine.training.face.curves import Points, spline, stroke
from engine.training.face.head import HeadFrame, solid
from engine.training.face.look import Expression, Look, Palette

_INSIDE = (0.36, 0.11, 0.14)
_TONGUE = (0.80, 0.38, 0.40)
_TEETH = (0.985, 0.97, 0.955)


def gape(mouth: float) -> float:
    """Turn the mouth score into the gap between the lips in head units: 0 up to score -0.7, then straight up."""
    return float(max(0.0, 4.9 * (mouth + 0.7)))


class _Mouth:
    """The lips' curves in the picture."""

    def __init__(self, frame: HeadFrame, expression: Expression) -> None:
        score = expression.mouth
        self.gap = gape(score)
        pucker = max(-score - 1.0, 0.0)
        self._half = 11.6 + 1.0 * min(max(score, -1.0), 1.8) - 2.4 * pucker
        self._rise = 3.3 + 0.5 * min(max(score, -1.0), 1.8) - 1.5 * pucker
        self._frame = frame
        self._full = 1 + 0.25 * pucker
        self.middle = 40.9 - 0.10 * self.gap

    def _curve(self, offsets: tuple[float, ...], depth_peak: float = 47.0) -> Points:
        shares = (-1.0, -0.62, -0.30, 0.0, 0.30, 0.62, 1.0)
        line = [
            (self._half * share, self.middle - self._rise * abs(share) ** 1.7 + offset, depth_peak - 9.0 * share**2)
            for share, offset in zip(shares, offsets, strict=True)
        ]
        return spline(self._frame.place(solid(*line)), steps=6)

    def upper_edge(self) -> Points:
        """Give the upper contour of the upper lip."""
        f = self._full
        return self._curve((0.0, -1.6 * f, -3.4 * f, -2.6 * f, -3.4 * f, -1.6 * f, 0.0))

    def upper_inner(self) -> Points:
        """Give the lower contour of the upper lip."""
        return self._curve((0.0, 0.3, -0.2, 0.5, -0.2, 0.3, 0.0))

    def lower_inner(self, share: float = 1.0) -> Points:
        """Give the upper contour of the lower lip; `share` of the gap."""
        g = self.gap * share
        return self._curve((0.0, 0.3 + 0.66 * g, 0.94 * g, 0.5 + g, 0.94 * g, 0.3 + 0.66 * g, 0.0))

    def lower_edge(self) -> Points:
        """Give the lower contour of the lower lip."""
        g, f = self.gap, self._full
        side = 2.4 * f + 0.78 * g
        return self._curve((0.0, side, 4.3 * f + g, 5.0 * f + g, 4.3 * f + g, side, 0.0))


def draw_mouth(canvas: Canvas, frame: HeadFrame, look: Look, expression: Expression, colours: Palette) -> None:
    """Paint the mouth."""
    mouth = _Mouth(frame, expression)
    under = frame.spot(0, mouth.middle + mouth.gap + 8.6, 45)
    canvas.paint(coverage([ellipse(under, (9, 2.4))], blur_px=2.0), colours.skin_shade, 0.7, hair=None)
    if mouth.gap > 0:
        _draw_inside(canvas, mouth, frame)
    upper = coverage([_ring(mouth.upper_edge(), mouth.upper_inner())], blur_px=0.4)
    lower = coverage([_ring(mouth.lower_inner(), mouth.lower_edge())], blur_px=0.4)
    deep = mix(colours.lips, (0.45, 0.10, 0.16), 0.22)
    canvas.paint(lower, colours.lips, 0.92)
    canvas.paint(upper, deep, 0.92)
    shine = frame.spot(-1.5, mouth.middle + mouth.gap + 3.2, 49)
    canvas.paint(lower * coverage([ellipse(shine, (5.2, 1.3))], blur_px=0.9), (1.0, 0.93, 0.92), 0.75)
    canvas.paint(upper * glow(frame.spot(0, mouth.middle - 3.0, 48), 3.0), (1.0, 0.85, 0.84), 0.3)
    closed = max(0.0, 1 - mouth.gap / 3.0)
    line = stroke(mouth.upper_inner(), 1.5 + 0.3 * closed, taper=(0.2, 0.2))
    canvas.paint(coverage([line]), mix(_INSIDE, colours.lips, 0.2), 0.55 + 0.35 * closed)
    for side in (0, -1):
        x, y = mouth.upper_inner()[side].tolist()
        canvas.paint(glow((x, y), 1.2), mix(_INSIDE, colours.lips, 0.5), 0.4)


def _ring(first: Points, second: Points) -> Points:
    return np.concatenate([first, second[::-1]])


def _draw_inside(canvas: Canvas, mouth: _Mouth, frame: HeadFrame) -> None:
    inside = coverage([_ring(mouth.upper_inner(), mouth.lower_inner())])
    canvas.paint(inside, _INSIDE)
    tongue = frame.spot(0, mouth.middle + mouth.gap * 1.02, 42)
    canvas.paint(inside * coverage([ellipse(tongue, (9, 0.36 * mouth.gap))], blur_px=0.8), _TONGUE, 0.9)
    share = min(0.5, 4.6 / max(mouth.gap, 1e-6)) if mouth.gap > 5 else 0.5 + 0.35 * (1 - mouth.gap / 5)
    teeth = coverage([_ring(mouth.upper_inner(), mouth.lower_inner(share))], blur_px=0.3)
    canvas.paint(inside * teeth, _TEETH, 0.96)
    canvas.paint(inside * glow(frame.spot(0, mouth.middle - 0.5, 47), 3.0), (0.8, 0.7, 0.7), 0.25)
