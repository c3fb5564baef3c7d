"""The pictures she has sent, as files only the service's user can read."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.perceptual_hash import perceptual_hash
from bot.provenance import mark
from engine.turn_types import RenderedFace

SUFFIXES = {"image/png": ".png", "image/webp": ".webp", "image/gif": ".gif", "video/mp4": ".mp4"}


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture on disk, the SHA-256 (hex) of its bytes, and the perceptual hash (hex) of what it shows."""

    path: Path
    sha256: str
    phash: str | None


class PictureStore:
    """Keeps one picture for each turn under a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where the pictures lie."""
        return self._folder

    async def write(self, turn_id: str, face: RenderedFace) -> StoredPicture:
        """Write the picture of a turn, marked as generated, whole or not at all; writing it again replaces it."""
        return await asyncio.to_thread(self._write, turn_id, face)

    def _write(self, turn_id: str, face: RenderedFace) -> StoredPicture:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{turn_id}{SUFFIXES[face.mime]}"
        unfinished = path.with_suffix(".part")
        data = mark(face.data, face.mime)
        unfinished.write_bytes(data)
        unfinished.chmod(0o600)
        unfinished.replace(path)
        return StoredPicture(path, hashlib.sha256(data).hexdigest(), perceptual_hash(data))

    async def remove(self, paths: Iterable[str]) -> None:
        """Delete pictures; those already gone are fine, and nothing outside the folder is touched."""
        await asyncio.to_thread(self._remove, list(paths))

    def _remove(self, paths: list[str]) -> None:
        folder = self._folder.resolve()
        for path in map(Path, paths):
            if path.resolve().parent == folder:
                path.unlink(missing_ok=True)
