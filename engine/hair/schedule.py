"""How the dye changes by itself while she is watched live, and from answer to answer."""

from __future__ import annotations

import math

from engine.turn_types import Ombre

SCENES = 360


def ombre_of_scene(scene: int) -> Ombre:
    """Return the dye of a scene; scenes count frames, from 1 on, and repeat after 360.

    The hue is the middle of its degree, so that scene k always has hue k.
    """
    share = (scene % SCENES) / SCENES
    return Ombre(
        hue=(scene % SCENES + 0.5) / SCENES,
        height=0.6 + 0.2 * math.cos(6 * math.pi * share),
        gradient=0.5 + 0.2 * math.cos(8 * math.pi * share),
    )
