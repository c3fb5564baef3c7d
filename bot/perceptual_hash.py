"""A hash of what a picture shows: nearly the same for copies that were compressed or resized.

Difference hash of 256 bits: the picture is shrunk to 17 x 16 grey pixels, and each bit tells whether a pixel is
brighter than its right neighbour (N. Krawetz, 2013).
"""

from __future__ import annotations

import io
import warnings

from PIL import Image

SIDE = 16
BITS = SIDE * SIDE
MOST_PIXELS = 40_000_000  # a small file can unpack into far more than any picture of hers


def perceptual_hash(data: bytes) -> str | None:
    """Return the hash of a picture file (its first frame) as 64 hexadecimal digits; None when it is no picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a strange file makes Pillow warn about is nobody's concern here
            with Image.open(io.BytesIO(data)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return None
                flat = Image.new("RGB", picture.size, (255, 255, 255))
                rgba = picture.convert("RGBA")
                flat.paste(rgba, mask=rgba.getchannel("A"))
                grey = flat.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.LANCZOS)
    except Exception:  # a decoder may raise anything on a hostile file
        return None
    pixels = grey.tobytes()
    bits = 0
    for row in range(SIDE):
        for column in range(SIDE):
            at = row * (SIDE + 1) + column
            bits = bits << 1 | (pixels[at] > pixels[at + 1])
    return f"{bits:0{BITS // 4}x}"


def distance(one: str, other: str) -> int:
    """Return in how many bits two hashes differ, 0..256."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
