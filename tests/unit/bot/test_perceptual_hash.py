import io

import pytest
from PIL import Image

from bot.perceptual_hash import BITS, distance, perceptual_hash
from bot.verification import NEAR_BITS

FRACTAL = Image.effect_mandelbrot((256, 256), (-2, -1.5, 1, 1.5), 90).convert("RGB")


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def hashed(data: bytes) -> str:
    made = perceptual_hash(data)
    assert made is not None
    assert len(made) == BITS // 4
    return made


@pytest.mark.parametrize("side", [128, 256, 512])
@pytest.mark.parametrize("quality", [40, 85])
def test_compressed_and_resized_copies_are_near(side: int, quality: int) -> None:
    copy = encoded(FRACTAL.resize((side, side)), "JPEG", quality=quality)
    assert distance(hashed(encoded(FRACTAL)), hashed(copy)) <= NEAR_BITS


@pytest.mark.parametrize(
    "other",
    [Image.new("RGB", (256, 256)), Image.radial_gradient("L"), FRACTAL.rotate(180), Image.linear_gradient("L")],
    ids=["black", "radial", "upside down", "linear"],
)
def test_other_pictures_are_far(other: Image.Image) -> None:
    assert distance(hashed(encoded(FRACTAL)), hashed(encoded(other))) > 2 * NEAR_BITS


def test_what_is_no_picture_or_unpacks_into_too_much_has_no_hash() -> None:
    assert perceptual_hash(b"") is None
    assert perceptual_hash(b"\x89PNG\r\n\x1a\nbroken") is None
    assert perceptual_hash(encoded(FRACTAL)[:200]) is None
    assert perceptual_hash(encoded(Image.new("1", (8000, 8000)))) is None
