"""What is around the head: background and clothes."""

from __future__ import annotations

import numpy as np

from engine.training.face.canvas import Canvas, Plane, coverage, glow, mix, ramp
from engine.training.face.curves import moved, spline, stroke
from engine.training.face.look import Look, Palette


def draw_ground(canvas: Canvas, colours: Palette) -> None:
    """Paint the background: a soft slope of light with two glows and an aurora's veil."""
    canvas.rgb[:] = mix(colours.ground, colours.ground_low, ramp((90, 40), (180, 250)))
    canvas.paint(glow((58, 62), 52), colours.ground_glow, 0.75, hair=None)
    canvas.paint(glow((216, 120), 34), colours.ground_glow, 0.45, hair=None)
    veil = spline(np.asarray([(-20.0, 120.0), (60.0, 40.0), (150.0, 36.0), (280.0, -20.0)]))
    canvas.paint(coverage([stroke(veil, 46)], blur_px=14), colours.ground_glow, 0.35, hair=None)


def draw_clothes(canvas: Canvas, look: Look, colours: Palette) -> Plane:
    """Paint a knitted top over the shoulders and give its coverage."""
    low = 232.0 + 9.0 * look.neckline
    wide = 36.0 + 7.0 * look.neckline
    canvas.paint(glow((128, low + 2), 16), colours.skin_shade, 0.25, hair=None)
    neck = spline(np.asarray([
        (128 - wide - 6, 212.0), (128 - wide + 4, 0.55 * low + 0.45 * 213), (128 - wide * 0.42, low - 2.5), (128, low),
        (128 + wide * 0.42, low - 2.5), (128 + wide - 4, 0.55 * low + 0.45 * 213), (128 + wide + 6, 212.0),
    ]))  # fmt: skip
    right = spline(np.asarray([(128 + wide + 6, 212.0), (192, 216.5), (228, 226), (254, 247), (266, 275)]))
    left = right[::-1] * (-1, 1) + (256, 0)
    plane = coverage([np.concatenate([neck, right, left])])
    canvas.paint(plane, mix(colours.cloth, colours.cloth_shade, ramp((128, 214), (128, 275))))
    for side in (-1.0, 1.0):
        canvas.paint(plane * glow((128 + side * 66, 226), 15), colours.cloth_light, 0.55, hair=None)
        fold = spline(np.asarray([(128 + side * 88, 238.0), (128 + side * 80, 248.0), (128 + side * 76, 262.0)]))
        canvas.paint(plane * coverage([stroke(fold, 5)], blur_px=2), colours.cloth_shade, 0.8, hair=None)
    hem = stroke(moved(neck, 0.0, 2.4), 5.2, taper=(1, 1))
    canvas.paint(plane * coverage([hem], blur_px=0.5), colours.cloth_light, 0.75, hair=None)
    seam = stroke(moved(neck, 0.0, 5.6), 1.3, taper=(1, 1))
    canvas.paint(plane * coverage([seam], blur_px=0.4), colours.cloth_shade, 0.9, hair=None)
    return plane
