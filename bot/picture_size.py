"""Pictures in the size that a space wants."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PIL import Image

from bot.space_settings import IMAGE_SIZES_PX
from engine.turn_types import RenderedFace


def wanted_size_px(settings: Mapping[str, Any]) -> int | None:
    """Return the side that a space wants, None where it wants pictures as they are rendered."""
    return IMAGE_SIZES_PX.get(str(settings.get("image_size")))


def resized(face: RenderedFace, side_px: int | None) -> RenderedFace:
    """Return a still picture with its longer side of `side_px`; moving ones stay as they are."""
    if side_px is None or face.mime != "image/png" or max(face.width_px, face.height_px) == side_px:
        return face
    scale = side_px / max(face.width_px, face.height_px)
    size = (max(1, round(face.width_px * scale)), max(1, round(face.height_px * scale)))
    out = io.BytesIO()
    with Image.open(io.BytesIO(face.data)) as picture:
        picture.resize(size, Image.Resampling.LANCZOS).save(out, "PNG")
    return replace(face, data=out.getvalue(), width_px=size[0], height_px=size[1])
