"""What a portrait shows: the look of a face, its expression, and the colours they mean."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Look:
    """The face and its surroundings; every value in [-1, 1], 0 the middle."""

    hair_light: float = 0.0  # near black to light blonde
    hair_warm: float = 0.0  # ash to red-brown
    hair_length: float = 0.0  # shoulders to below the picture
    hair_wave: float = 0.0  # straight to wavy
    hair_volume: float = 0.0
    bangs: float = 0.0  # open forehead to full fringe
    parting: float = 0.0  # parted on her right or on her left
    ground_light: float = 0.0  # background: dark to light
    ground_red: float = 0.0  # background: green to red
    ground_yellow: float = 0.0  # background: blue to yellow
    skin: float = 0.0  # fair to tan
    cloth_light: float = 0.0
    cloth_red: float = 0.0
    cloth_yellow: float = 0.0
    neckline: float = 0.0  # high to low
    iris: float = 0.0  # blue-grey to brown
    eye_size: float = 0.0
    eye_tilt: float = 0.0  # outer corners down to up
    eye_gap: float = 0.0
    face_width: float = 0.0
    jaw: float = 0.0  # pointed to round
    lips: float = 0.0  # pale to deep colour
    brow: float = 0.0  # arch and strength
    blush: float = 0.0

    def vector(self) -> npt.NDArray[np.float64]:
        """Give the values in field order: (24,) float64."""
        return np.asarray(astuple(self), dtype=np.float64)


LOOK_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Look))


def look_from_vector(values: npt.NDArray[np.floating]) -> Look:
    """Build a look from (24,) values in field order, clipped to [-1, 1]."""
    return Look(*np.clip(values, -1.0, 1.0).astype(float).tolist())


@dataclass(frozen=True, slots=True)
class Expression:
    """Eyes, mouth and pose in the units of the published scores.

    eyes: -1.05 closed, -0.2 at rest, 1.2 wide open. mouth: -1 closed smile, 0.4 lips parted, 1.6 laughing.
    pose: 0 to the front, 1.8 turned, negative to the other side.
    """

    eyes: float = -0.2
    mouth: float = -1.0
    pose: float = 0.0


def oklab(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    """Convert an OKLab colour to sRGB in [0, 1] (formula: Björn Ottosson, 2020)."""
    root = (
        lightness + 0.3963377774 * a + 0.2158037573 * b,
        lightness - 0.1055613458 * a - 0.0638541728 * b,
        lightness - 0.0894841775 * a - 1.2914855480 * b,
    )
    l3, m3, s3 = (value**3 for value in root)
    linear = (
        4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3,
        -1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3,
        -0.0041960863 * l3 - 0.7034186147 * m3 + 1.7076147010 * s3,
    )
    red, green, blue = (_gamma(min(max(value, 0.0), 1.0)) for value in linear)
    return red, green, blue


def _gamma(value: float) -> float:
    return float(12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055)


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one portrait, sRGB in [0, 1]."""

    hair: tuple[float, float, float]
    hair_dark: tuple[float, float, float]
    hair_light: tuple[float, float, float]
    skin: tuple[float, float, float]
    skin_shade: tuple[float, float, float]
    skin_light: tuple[float, float, float]
    blush: tuple[float, float, float]
    lips: tuple[float, float, float]
    iris: tuple[float, float, float]
    iris_dark: tuple[float, float, float]
    lash: tuple[float, float, float]
    brow: tuple[float, float, float]
    cloth: tuple[float, float, float]
    cloth_shade: tuple[float, float, float]
    cloth_light: tuple[float, float, float]
    ground: tuple[float, float, float]
    ground_low: tuple[float, float, float]
    ground_glow: tuple[float, float, float]


def palette(look: Look) -> Palette:
    """Choose the colours of a look."""
    tone = 0.47 + 0.27 * look.hair_light
    chroma = 0.055 + 0.03 * look.hair_warm - 0.02 * abs(look.hair_light)
    hue = np.deg2rad(58 + 14 * look.hair_light - 16 * look.hair_warm)
    hair_a, hair_b = chroma * float(np.cos(hue)), chroma * float(np.sin(hue))
    skin_l, skin_a, skin_b = 0.875 - 0.055 * look.skin, 0.026 + 0.004 * look.skin, 0.034 + 0.014 * look.skin
    ground = (0.78 + 0.14 * look.ground_light, 0.055 * look.ground_red, 0.06 * look.ground_yellow)
    cloth = (0.66 + 0.26 * look.cloth_light, 0.06 * look.cloth_red, 0.06 * look.cloth_yellow)
    iris_a, iris_b = 0.016 + 0.03 * look.iris, 0.034 + 0.062 * look.iris
    return Palette(
        hair=oklab(tone, hair_a, hair_b),
        hair_dark=oklab(tone * 0.62, hair_a * 0.9, hair_b * 0.75),
        hair_light=oklab(min(tone * 1.16 + 0.1, 0.97), hair_a * 0.95, hair_b * 1.05),
        skin=oklab(skin_l, skin_a, skin_b),
        skin_shade=oklab(skin_l - 0.115, skin_a + 0.026, skin_b + 0.016),
        skin_light=oklab(min(skin_l + 0.07, 0.98), skin_a * 0.55, skin_b * 0.7),
        blush=oklab(skin_l - 0.09, skin_a + 0.085, skin_b + 0.01),
        lips=oklab(0.66 - 0.06 * look.lips - 0.03 * look.skin, 0.105 + 0.035 * look.lips, 0.04 + 0.012 * look.lips),
        iris=oklab(0.56, iris_a, iris_b),
        iris_dark=oklab(0.27, iris_a * 0.7, iris_b * 0.6),
        lash=oklab(0.22, 0.02, 0.012),
        brow=oklab(0.30 + 0.35 * (tone - 0.2), hair_a * 0.8, hair_b * 0.7),
        cloth=oklab(*cloth),
        cloth_shade=oklab(cloth[0] - 0.14, cloth[1] * 1.05, cloth[2] - 0.008),
        cloth_light=oklab(min(cloth[0] + 0.08, 0.985), cloth[1] * 0.8, cloth[2] * 0.8),
        ground=oklab(*ground),
        ground_low=oklab(ground[0] - 0.12, ground[1] * 1.2 + 0.008, ground[2] * 1.2 - 0.02),
        ground_glow=oklab(min(ground[0] + 0.11, 0.98), ground[1] * 0.5, ground[2] * 0.5 + 0.012),
    )
