"""Pictures for choosing: a resting face, or a sheet of several with numbers.

They show nobody's words, so they are kept by what they show and shared by everybody.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.chat import Picture
from bot.loaded_engine import LoadedEngine
from bot.provenance import mark
from engine.turn_types import Ombre

COLUMNS = 3
TILE_PX = 192
KEPT = 200  # pictures; the ones used longest ago go first
UNDYED = Ombre(hue=None, height=0.6, gradient=0.5)


@dataclass(frozen=True, slots=True)
class PictureWish:
    """One face, or several as a numbered sheet, with hair dyed or not; `alt_text` describes the picture."""

    faces: tuple[str, ...]
    alt_text: str
    ombre: Ombre = UNDYED
    first_number: int = 1


class PreviewPictures:
    """Renders and keeps pictures for choosing."""

    def __init__(self, folder: Path, engine: LoadedEngine) -> None:
        self._folder = folder
        self._engine = engine
        self._one_at_a_time = asyncio.Lock()

    async def picture(self, wish: PictureWish) -> Picture:
        """Return the picture of a wish, rendered now if it is not kept."""
        path = self._folder / f"{_name_of(wish)}.png"
        async with self._one_at_a_time:
            if not path.exists():
                faces = [(await self._engine.preview(face, wish.ombre)).data for face in wish.faces]
                await asyncio.to_thread(self._write, path, faces, wish.first_number)
        width, height = await asyncio.to_thread(_size, path)
        return Picture(path, "image/png", wish.alt_text, width, height)

    def _write(self, path: Path, faces: Sequence[bytes], first_number: int) -> None:
        data = faces[0] if len(faces) == 1 else _sheet(faces, first_number)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in sorted(self._folder.glob("*.png"), key=lambda file: file.stat().st_atime)[: -KEPT + 1]:
            old.unlink(missing_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(mark(data, "image/png"))
        unfinished.replace(path)


def _sheet(faces: Sequence[bytes], first_number: int) -> bytes:
    rows = -(-len(faces) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * TILE_PX, rows * TILE_PX), (24, 22, 34))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=24)
    for index, data in enumerate(faces):
        x, y = index % COLUMNS * TILE_PX, index // COLUMNS * TILE_PX
        with Image.open(io.BytesIO(data)) as face:
            sheet.paste(face.convert("RGB").resize((TILE_PX, TILE_PX), Image.Resampling.LANCZOS), (x, y))
        draw.rounded_rectangle((x + 6, y + 6, x + 44, y + 36), 8, fill=(24, 22, 34))
        draw.text((x + 25, y + 21), str(first_number + index), (255, 255, 255), font, anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _size(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def _name_of(wish: PictureWish) -> str:
    parts = [*wish.faces, wish.first_number, wish.ombre.hue, wish.ombre.height, wish.ombre.gradient]
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32]
