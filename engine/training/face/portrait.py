"""Draw Oh-LoRA as an illustrated young woman, with the exact hair mask and property values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.training.face.canvas import Canvas
from engine.training.face.eyes import draw_eyes
from engine.training.face.hair import HairShape
from engine.training.face.hair_layers import draw_hair_back, draw_hair_front, shade_body, shade_forehead
from engine.training.face.head import HeadFrame, draw_face, draw_neck
from engine.training.face.look import Expression, Look, palette
from engine.training.face.mouth import draw_mouth
from engine.training.face.surroundings import draw_clothes, draw_ground


@dataclass(frozen=True, slots=True)
class Portrait:
    """One drawn picture."""

    image: npt.NDArray[np.uint8]  # (256, 256, 3) RGB
    hair_mask: npt.NDArray[np.uint8]  # (256, 256), 255 where all is hair


def draw_portrait(look: Look, expression: Expression) -> Portrait:
    """Draw one portrait; equal inputs give equal pixels."""
    colours = palette(look)
    canvas = Canvas()
    frame = HeadFrame(expression.pose)
    shape = HairShape(frame, look)
    draw_ground(canvas, colours)
    draw_hair_back(canvas, shape, colours)
    body = draw_neck(canvas, frame, colours)
    body = np.maximum(body, draw_clothes(canvas, look, colours))
    shade_body(canvas, shape, body, colours)
    face = draw_face(canvas, frame, look, expression, colours)
    draw_mouth(canvas, frame, look, expression, colours)
    draw_eyes(canvas, frame, look, expression, colours)
    shade_forehead(canvas, shape, face, colours)
    draw_hair_front(canvas, shape, colours)
    return Portrait(canvas.picture(), canvas.hair_mask())
