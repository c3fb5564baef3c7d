"""Pictures and documents as Discord takes them."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass

import discord
import structlog

from bot.chat import Picture

LARGEST_FILE_BYTES = 10 * 1024 * 1024  # what every server allows
LONGEST_ALT_TEXT = 1024
_SUFFIXES = {"image/png": "png", "image/webp": "webp", "image/gif": "gif", "image/jpeg": "jpg", "video/mp4": "mp4"}

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to attach, with its content in memory so that it can be sent again."""

    name: str
    content: bytes
    alt_text: str | None = None

    def file(self) -> discord.File:
        """Return a fresh file object for one call; discord.py uses each only once."""
        description = self.alt_text[:LONGEST_ALT_TEXT] if self.alt_text else None
        return discord.File(io.BytesIO(self.content), filename=self.name, description=description)


async def face_upload(picture: Picture | None) -> Upload | None:
    """Return a face with its alt text; None when there is none, it is gone, or it is too large for Discord."""
    if picture is None:
        return None
    try:
        content = await asyncio.to_thread(picture.path.read_bytes)
    except OSError as error:
        _log.warning("the face cannot be read and is left out", error=type(error).__name__)
        return None
    if len(content) > LARGEST_FILE_BYTES:
        _log.warning("the face is too large for Discord and is left out", size_bytes=len(content))
        return None
    return Upload(f"oh-lora.{_SUFFIXES.get(picture.mime, 'bin')}", content, picture.alt_text)


def files_of(*uploads: Upload | None) -> list[discord.File]:
    """Return fresh file objects of the uploads there are."""
    return [upload.file() for upload in uploads if upload is not None]
