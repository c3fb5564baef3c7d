"""Pictures to files: PNG for one, WebP, GIF or MP4 for clips.

A clip is encoded frame by frame as it is drawn: what is kept is compressed. Every frame has its share of the size limit
and is compressed harder when it does not keep to it, so that a clip never outgrows the limit.
"""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
from PIL import GifImagePlugin, Image

from engine.errors import EngineError

Picture = npt.NDArray[np.uint8]  # (H, W, 3), RGB
ClipFormat = Literal["webp", "gif", "mp4"]
LIMIT_BYTES = 10 * 1024 * 1024  # what Discord takes without a subscription
_OVERHEAD_BYTES = 4096
_LIVE_QUALITY = 85
_WEBP_QUALITIES = (88, 75, 60, 40, 20, 5)
_GIF_COLOURS = (256, 128, 64, 32, 16, 8)


def encode_png(picture: Picture) -> bytes:
    """Encode one picture as PNG."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def encode_webp(picture: Picture) -> bytes:
    """Encode one picture as WebP, quickly and small rather than exactly."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "WEBP", quality=_LIVE_QUALITY, method=0)
    return buffer.getvalue()


class ClipEncoder(Protocol):
    """Takes the frames of a clip one after the other."""

    mime: str

    def add(self, picture: Picture) -> None:
        """Append a frame."""

    def add_again(self, index: int) -> None:
        """Append the frame with this number once more."""

    def finish(self) -> bytes:
        """Return the file."""

    def abandon(self) -> None:
        """Give up; nothing is left behind."""


def clip_encoder(
    clip_format: ClipFormat, size_px: tuple[int, int], frames: int, frame_ms: int, limit_bytes: int = LIMIT_BYTES
) -> ClipEncoder:
    """Return an encoder for clips of so many frames.

    Raises:
        EngineError: MP4 is asked for and ffmpeg is not installed.
    """
    if clip_format == "webp":
        return WebpEncoder(size_px, frames, frame_ms, limit_bytes)
    if clip_format == "gif":
        return GifEncoder(size_px, frames, frame_ms, limit_bytes)
    return Mp4Encoder(size_px, frames, frame_ms, limit_bytes)


class _FrameStore:
    """Compressed frames, each kept once and listed as often as it is shown."""

    def __init__(self, frames: int, limit_bytes: int) -> None:
        self.share_bytes = (limit_bytes - _OVERHEAD_BYTES) // max(frames, 1)
        self._pieces: list[bytes] = []

    def add(self, piece: bytes) -> None:
        if len(piece) > self.share_bytes:
            raise EngineError("a clip frame does not fit its share of the size limit; ask for fewer frames")
        self._pieces.append(piece)

    def add_again(self, index: int) -> None:
        self._pieces.append(self._pieces[index])

    def joined(self) -> bytes:
        return b"".join(self._pieces)


class WebpEncoder:
    """Animated WebP, every frame a picture of its own. Container: the WebP specification (RIFF, VP8X, ANIM, ANMF)."""

    mime = "image/webp"

    def __init__(self, size_px: tuple[int, int], frames: int, frame_ms: int, limit_bytes: int) -> None:
        self._size_px, self._frame_ms = size_px, frame_ms
        self._store = _FrameStore(frames, limit_bytes)

    def add(self, picture: Picture) -> None:
        """Append a frame."""
        for quality in _WEBP_QUALITIES:
            piece = self._frame(picture, quality)
            if len(piece) <= self._store.share_bytes:
                break
        self._store.add(piece)

    def add_again(self, index: int) -> None:
        """Append the frame with this number once more."""
        self._store.add_again(index)

    def finish(self) -> bytes:
        """Return the file; it plays without end."""
        width, height = self._size_px
        canvas = struct.pack("<B3x", 0x02) + _three_bytes(width - 1) + _three_bytes(height - 1)
        endless = struct.pack("<IH", 0, 0)
        body = b"WEBP" + _chunk(b"VP8X", canvas) + _chunk(b"ANIM", endless) + self._store.joined()
        return _chunk(b"RIFF", body)

    def abandon(self) -> None:
        """Give up."""

    def _frame(self, picture: Picture, quality: int) -> bytes:
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "WEBP", quality=quality, method=2)
        still = buffer.getvalue()[12:]  # without the RIFF header
        width, height = self._size_px
        header = _three_bytes(0) * 2 + _three_bytes(width - 1) + _three_bytes(height - 1)
        # no blending with the frame before: it is replaced
        return _chunk(b"ANMF", header + _three_bytes(self._frame_ms) + b"\x02" + still)


class GifEncoder:
    """Animated GIF with a palette for each frame."""

    mime = "image/gif"

    def __init__(self, size_px: tuple[int, int], frames: int, frame_ms: int, limit_bytes: int) -> None:
        self._frame_ms = frame_ms
        self._store = _FrameStore(frames, limit_bytes)
        self._header: bytes | None = None

    def add(self, picture: Picture) -> None:
        """Append a frame."""
        for colours in _GIF_COLOURS:
            image = Image.fromarray(picture).quantize(colours, method=Image.Quantize.FASTOCTREE)
            blocks = GifImagePlugin.getdata(image, duration=self._frame_ms, include_color_table=True)
            piece = b"".join(blocks)
            if len(piece) <= self._store.share_bytes:
                break
        if self._header is None:
            self._header = _gif_header(image)
        self._store.add(piece)

    def add_again(self, index: int) -> None:
        """Append the frame with this number once more."""
        self._store.add_again(index)

    def finish(self) -> bytes:
        """Return the file; it plays without end."""
        endless = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
        return (self._header or b"") + endless + self._store.joined() + b";"

    def abandon(self) -> None:
        """Give up."""


class Mp4Encoder:
    """H.264 in MP4, by ffmpeg."""

    mime = "video/mp4"

    def __init__(self, size_px: tuple[int, int], frames: int, frame_ms: int, limit_bytes: int) -> None:
        ffmpeg = shutil.which("ffmpeg")
        if ffmpeg is None:
            raise EngineError("ffmpeg is not installed; install it or choose webp or gif")
        self._limit_bytes = limit_bytes
        self._folder = tempfile.TemporaryDirectory(prefix="clip-")
        self._file = Path(self._folder.name) / "clip.mp4"
        self._shown: list[Picture] = []
        rate = f"1000/{frame_ms}"
        bits_per_s = int(limit_bytes * 8 * 0.9 / (frames * frame_ms / 1000))
        command = [
            *(ffmpeg, "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"),
            *("-s", f"{size_px[0]}x{size_px[1]}", "-r", rate, "-i", "-"),
            *("-c:v", "libx264", "-crf", "18", "-maxrate", str(bits_per_s), "-bufsize", str(bits_per_s)),
            *("-pix_fmt", "yuv420p", "-movflags", "+faststart", str(self._file)),
        ]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603

    def add(self, picture: Picture) -> None:
        """Append a frame."""
        self._shown.append(picture)
        self._write(picture)

    def add_again(self, index: int) -> None:
        """Append the frame with this number once more."""
        self.add(self._shown[index])

    def finish(self) -> bytes:
        """Return the file.

        Raises:
            EngineError: ffmpeg failed, or the file is too large.
        """
        assert self._process.stdin is not None
        self._process.stdin.close()
        if self._process.wait() != 0 or not self._file.is_file():
            self._folder.cleanup()
            raise EngineError("ffmpeg could not make the clip; choose webp or gif")
        data = self._file.read_bytes()
        self._folder.cleanup()
        if len(data) > self._limit_bytes:
            raise EngineError("the clip is larger than the limit; ask for fewer frames")
        return data

    def abandon(self) -> None:
        """End ffmpeg and remove its file."""
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()

    def _write(self, picture: Picture) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(picture.tobytes())
        except BrokenPipeError as error:
            raise EngineError("ffmpeg ended early; choose webp or gif") from error


def _three_bytes(value: int) -> bytes:
    return value.to_bytes(3, "little")


def _chunk(name: bytes, content: bytes) -> bytes:
    """Return a RIFF chunk, padded to an even length."""
    return name + struct.pack("<I", len(content)) + content + b"\x00" * (len(content) % 2)


def _gif_header(image: Image.Image) -> bytes:
    """Return the screen descriptor without a palette of its own: every frame brings one."""
    return b"GIF89a" + struct.pack("<HHBBB", image.width, image.height, 0, 0, 0)
