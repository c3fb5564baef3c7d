"""The head: how it turns, and the face with its nose and shading."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.training.face.canvas import Canvas, Plane, coverage, ellipse, glow, mix, ramp
from engine.training.face.curves import Points, moved, spline, stroke
from engine.training.face.look import Expression, Look, Palette

Solid = npt.NDArray[np.float64]  # (N, 3): x to the right, y down, depth towards the viewer; head units from its centre

CENTRE = (128.0, 110.0)
SCALE = 1.14
PIVOT = (128.0, 205.0)  # the neck, about which the head leans


def solid(*triples: tuple[float, float, float]) -> Solid:
    """Build an (N, 3) array of head points."""
    return np.asarray(triples, dtype=np.float64)


class HeadFrame:
    """Places head points in the picture: turn about the upright axis, then a slight lean."""

    def __init__(self, pose: float) -> None:
        self.turn = 0.165 * pose
        lean = 0.022 * pose
        self._cos, self._sin = float(np.cos(self.turn)), float(np.sin(self.turn))
        self._lean = np.asarray([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])

    def place(self, shape: Solid) -> Points:
        """Project (N, 3) head points to (N, 2) pixels."""
        x = CENTRE[0] + SCALE * (shape[:, 0] * self._cos + shape[:, 2] * self._sin)
        y = CENTRE[1] + SCALE * shape[:, 1]
        flat = np.stack([x, y], axis=1) - PIVOT
        return flat @ self._lean + PIVOT

    def spot(self, x: float, y: float, depth: float) -> tuple[float, float]:
        """Project one head point to a pixel position."""
        px, py = self.place(solid((x, y, depth)))[0].tolist()
        return px, py


def face_outline(look: Look, expression: Expression) -> Solid:
    """Give the face contour in head units, chin lowered as the mouth opens."""
    wide = 1 + 0.045 * look.face_width
    jaw = 1 + 0.10 * look.jaw
    drop = 2.6 * max(expression.mouth + 0.4, 0.0)
    right = solid(
        (24 * wide, -52, 12), (37 * wide, -34, 2), (40.5 * wide, -10, -2), (40 * wide, 8, 0), (37.5 * wide, 24, 6),
        (29.5 * wide * jaw, 39 + 0.4 * drop, 15), (17.5 * wide * jaw, 51.5 + 0.8 * drop, 27),
        (7.5 * wide * jaw, 58.2 + drop, 35),
    )  # fmt: skip
    left = right[::-1] * np.asarray([-1.0, 1.0, 1.0])
    middle = solid((0, -58, 20)), solid((0, 60 + drop, 37))
    return np.concatenate([middle[0], right, middle[1], left])


def draw_face(canvas: Canvas, frame: HeadFrame, look: Look, expression: Expression, colours: Palette) -> Plane:
    """Paint the bare face with its soft shading and give its coverage."""
    outline = spline(frame.place(face_outline(look, expression)), closed=True)
    face = coverage([outline])
    canvas.paint(face, colours.skin)
    inner = coverage([(outline - frame.spot(0, 2, 14)) * 0.86 + frame.spot(0, 2, 14)], blur_px=9)
    canvas.paint(face * (1 - inner), colours.skin_shade, 0.55, hair=None)
    canvas.paint(face * glow(frame.spot(6, -16, 40), 24), colours.skin_light, 0.5, hair=None)
    chin = frame.spot(1.5, 51 + 2.0 * max(expression.mouth + 0.4, 0.0), 40)
    canvas.paint(face * glow(chin, 6), colours.skin_light, 0.45, hair=None)
    smile = max(min(expression.mouth + 0.6, 2.0), -0.6)
    for side in (-1.0, 1.0):
        cheek = glow(frame.spot(side * 24, 22 - 1.2 * smile, 30), 9.5)
        canvas.paint(face * cheek, colours.blush, 0.30 + 0.14 * look.blush + 0.05 * smile, hair=None)
        canvas.paint(face * glow(frame.spot(side * 25, 14 - 0.8 * smile, 30), 6.0), colours.skin_light, 0.42, hair=None)
        socket = glow(frame.spot(side * 15, -7, 38), 7.0)
        canvas.paint(face * socket, colours.skin_shade, 0.22, hair=None)
    rim = coverage([stroke(outline[30:150], 1.6)], blur_px=0.5)
    canvas.paint(rim * face, mix(colours.skin_shade, colours.blush, 0.35), 0.7, hair=None)
    _draw_nose(canvas, frame, colours, face)
    return face


def _draw_nose(canvas: Canvas, frame: HeadFrame, colours: Palette, face: Plane) -> None:
    far = -1.0 if frame.turn >= 0 else 1.0
    lit = abs(frame.turn) / 0.36
    for side in (-1.0, 1.0):
        strength = 0.16 + (0.16 * lit if side != far else -0.06 * lit)
        wall = stroke(spline(frame.place(solid((side * 5.5, -8, 42), (side * 4.2, 6, 46), (side * 5.6, 19, 49)))), 6.5)
        canvas.paint(face * coverage([wall], blur_px=2.4), colours.skin_shade, strength * 1.5, hair=None)
        nostril = spline(frame.place(solid((side * 1.8, 27.2, 53), (side * 3.6, 26.4, 51), (side * 5.4, 27.3, 48))))
        canvas.paint(coverage([stroke(nostril, 2.0)], blur_px=0.5), colours.blush, 0.95, hair=None)
        wing = spline(frame.place(solid((side * 6.6, 21.6, 46), (side * 7.6, 24.6, 45), (side * 6.4, 27.0, 46))))
        canvas.paint(coverage([stroke(wing, 1.5)], blur_px=0.7), colours.skin_shade, 0.8, hair=None)
    under = coverage([ellipse(frame.spot(0, 29.4, 52), (6.2, 2.6))], blur_px=1.6)
    canvas.paint(under, colours.skin_shade, 0.55, hair=None)
    canvas.paint(glow(frame.spot(1.0, 21.5, 56), 3.0), colours.skin_light, 0.85, hair=None)
    bridge = stroke(spline(frame.place(solid((0.8, -6, 46), (0.8, 6, 50), (1, 17, 55)))), 3.6)
    canvas.paint(coverage([bridge], blur_px=1.5), colours.skin_light, 0.5, hair=None)


def draw_neck(canvas: Canvas, frame: HeadFrame, colours: Palette) -> Plane:
    """Paint neck, shoulders' skin and collar bones, with the shadow the chin throws, and give their coverage."""
    shift = 6 * frame.turn
    body = spline(np.asarray([
        (109 + shift, 150), (110, 186), (103, 206), (78, 217), (44, 232), (24, 262), (232, 262), (212, 232), (178, 217),
        (153, 206), (146, 186), (147 + shift, 150),
    ]), closed=True)  # fmt: skip
    skin = coverage([body])
    canvas.paint(skin, colours.skin)
    canvas.paint(skin * ramp((140, 206), (158, 198)), colours.skin_shade, 0.45, hair=None)
    canvas.paint(skin * ramp((118, 200), (100, 192)), colours.skin_shade, 0.35, hair=None)
    chin_x, chin_y = frame.spot(0, 62, 34)
    shadow = coverage([ellipse((chin_x * 0.6 + 128 * 0.4, chin_y + 2), (27, 19))], blur_px=5)
    canvas.paint(skin * shadow, colours.skin_shade, 0.95, hair=None)
    canvas.paint(skin * glow((128 + shift, chin_y + 1), 9), colours.blush, 0.25, hair=None)
    for side in (-1.0, 1.0):
        bone = spline(np.asarray([(128 + side * 9, 219.0), (128 + side * 26, 216.0), (128 + side * 48, 219.0)]))
        canvas.paint(coverage([stroke(bone, 3.2)], blur_px=1.4), colours.skin_shade, 0.55, hair=None)
        canvas.paint(coverage([stroke(moved(bone, 0, 3.0), 2.6)], blur_px=1.4), colours.skin_light, 0.4, hair=None)
    return skin
