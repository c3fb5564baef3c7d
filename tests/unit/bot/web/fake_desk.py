"""A desk that renders nothing."""

from __future__ import annotations

import asyncio

from bot.errors import BotError


class FakeDesk:
    """Remembers which previews were asked for."""

    def __init__(self) -> None:
        self.rendered: list[tuple[str, float | None, float, float]] = []

    async def preview(self, face_id: str, hue: float | None, height: float, gradient: float) -> bytes:
        await asyncio.sleep(0.01)
        self.rendered.append((face_id, hue, height, gradient))
        if face_id == "nobody":
            raise BotError("there is no such face; choose another")
        return b"png"
