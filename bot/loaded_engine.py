"""The engine as the app holds it: one loaded profile, what it offers to choose from, and how to close it."""

from __future__ import annotations

from typing import Protocol

from engine.live_face import LiveFrame
from engine.turn_types import Engine, Ombre, RenderedFace


class LoadedEngine(Protocol):
    """One loaded profile with its device thread."""

    @property
    def engine(self) -> Engine:
        """The two halves of a turn."""

    @property
    def face_ids(self) -> tuple[str, ...]:
        """The catalogue faces that can be rendered, the default one first."""

    async def preview(self, face_id: str, ombre: Ombre) -> RenderedFace:
        """Render a resting face, for choosing; it waits for every turn's own work."""

    async def live_frame(self, frame: LiveFrame) -> bytes:
        """Draw a frame of a watched face as WebP; it waits for every turn's own work."""

    async def close(self) -> None:
        """Finish the device thread."""
