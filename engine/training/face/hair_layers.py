"""Painting the hair: colour, strands, shine and the shadows it throws."""

from __future__ import annotations

import numpy as np

from engine.training.face.canvas import Canvas, Plane, coverage, glow, mix, ramp
from engine.training.face.curves import between, moved, stroke
from engine.training.face.hair import IRREGULAR, HairShape
from engine.training.face.head import CENTRE, SCALE
from engine.training.face.look import Palette


def draw_hair_back(canvas: Canvas, shape: HairShape, colours: Palette) -> None:
    """Paint the hair behind the neck and shoulders."""
    right, left = shape.back()
    plane = coverage([np.concatenate([right, left[::-1]])])
    canvas.paint(plane, mix(colours.hair_dark, colours.hair, ramp((128, 130), (128, 260))), hair=True)
    lines = [between(right, left, (i + IRREGULAR[i]) / 16)[16:] for i in range(16)]
    dark = coverage([stroke(line, 3.0) for line in lines[::2]], blur_px=0.6)
    light = coverage([stroke(line, 2.4) for line in lines[1::2]], blur_px=0.6)
    canvas.paint(plane * dark, colours.hair_dark, 0.45, hair=None)
    canvas.paint(plane * light, colours.hair, 0.55, hair=None)


def shade_body(canvas: Canvas, shape: HairShape, body: Plane, colours: Palette) -> None:
    """Darken neck and clothes under the hair that hangs in front of them."""
    polygons = [moved(part, 0.0, 3.0) for side in (-1.0, 1.0) for part in shape.curtain(side)]
    dusk = mix(colours.skin_shade, colours.cloth_shade, ramp((128, 205), (128, 225)))
    canvas.paint(body * coverage(polygons, blur_px=3.5), mix(dusk, (0.2, 0.15, 0.2), 0.25), 0.6, hair=None)


def shade_forehead(canvas: Canvas, shape: HairShape, face: Plane, colours: Palette) -> None:
    """Darken the face under the curtains and the fringe."""
    polygons = [moved(shape.curtain(side)[0], 0.0, 3.5) for side in (-1.0, 1.0)]
    canvas.paint(face * coverage(polygons, blur_px=2.4), colours.skin_shade, 0.75, hair=None)
    locks = [moved(stroke(line, shape.fringe_width, taper=(0.9, 0.0)), 0.0, 3.0) for line in shape.fringe()]
    if locks:
        shade = coverage(locks, blur_px=2.0)
        canvas.paint(face * shade, colours.skin_shade, 0.6 * shape.fringe_strength, hair=None)


def draw_hair_front(canvas: Canvas, shape: HairShape, colours: Palette) -> None:
    """Paint the fringe and the curtains over the face."""
    _draw_fringe(canvas, shape, colours)
    for side in (-1.0, 1.0):
        _draw_curtain(canvas, shape, colours, side)


def _draw_fringe(canvas: Canvas, shape: HairShape, colours: Palette) -> None:
    lines = shape.fringe()
    if not lines:
        return
    inside = coverage([shape.silhouette()])
    tone = mix(colours.hair_dark, colours.hair, ramp((128, 38), (128, 78)))
    shine = glow((128, CENTRE[1] - 36 * SCALE), 11)
    width, strength = shape.fringe_width, np.float32(shape.fringe_strength)
    for line in lines:
        lock = inside * coverage([stroke(line, width, taper=(0.9, 0.0), power=0.8)]) * strength
        canvas.paint(lock, tone, hair=True)
        edges = [stroke(moved(line, 0.36 * width * sign, 0.0), 1.5, taper=(0.5, 0.0)) for sign in (-1, 1)]
        canvas.paint(lock * coverage(edges, blur_px=0.5), colours.hair_dark, 0.5, hair=None)
        middle = lock * coverage([stroke(line[8:21], width * 0.4)], blur_px=0.9)
        canvas.paint(middle, colours.hair_light, 0.22, hair=None)
        canvas.paint(lock * shine, colours.hair_light, 0.42, hair=None)


def _draw_curtain(canvas: Canvas, shape: HairShape, colours: Palette, side: float) -> None:
    outer, inner = shape.outer(side), shape.inner(side)
    parts = shape.curtain(side)
    plane = coverage(parts)
    canvas.paint(plane, mix(colours.hair, colours.hair_dark, 0.10), hair=True)
    canvas.paint(plane * coverage([stroke(outer, 15)], blur_px=5), colours.hair_dark, 0.55, hair=None)
    canvas.paint(plane * coverage([stroke(inner[6:], 8)], blur_px=3), colours.hair_dark, 0.40, hair=None)
    ends = [stroke(np.asarray(part[: len(part) // 2]), 1.6) for part in parts[1:]]
    canvas.paint(plane * coverage(ends, blur_px=0.5), colours.hair_dark, 0.45, hair=None)
    strands = shape.strands(side, 18)
    dark = coverage([stroke(s, 1.8) for s in strands[::2]], blur_px=0.5)
    canvas.paint(plane * dark, colours.hair_dark, 0.5, hair=None)
    light = coverage([stroke(s, 2.1) for s in strands[1::2]], blur_px=0.6)
    canvas.paint(plane * light, colours.hair_light, 0.32, hair=None)
    crown = coverage([stroke(s[7:19], 3.4) for s in strands[2:]], blur_px=1.3)
    canvas.paint(plane * crown, colours.hair_light, 0.50, hair=None)
    low = coverage([stroke(s[34:56], 4.2) for s in strands[3::3]], blur_px=1.8)
    canvas.paint(plane * low, colours.hair_light, 0.30, hair=None)
    edge = coverage([stroke(inner[3:54], 1.3), stroke(outer[:54], 1.2)], blur_px=0.4)
    canvas.paint(plane * edge, colours.hair_dark, 0.7, hair=None)
