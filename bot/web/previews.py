"""Resting faces for the gallery and the dye sliders, each rendered once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from bot.errors import BotError
from bot.web.desk import WebDesk
from bot.web.refusal import Refusal

KEPT = 256
SIDE_BY_SIDE = 2  # previews wait for one another, so that they hold up no answer


@dataclass(frozen=True, slots=True)
class PreviewLook:
    """What is shown; whole numbers, so that nearly equal wishes share a picture. `hue_degrees` None: undyed."""

    face_id: str
    hue_degrees: int | None
    height_percent: int
    gradient_percent: int


class Previews:
    """Renders previews through the desk and keeps the latest."""

    def __init__(self, desk: WebDesk) -> None:
        self._desk = desk
        self._kept: OrderedDict[PreviewLook, bytes] = OrderedDict()
        self._begun: dict[PreviewLook, asyncio.Task[bytes]] = {}
        self._turnstile = asyncio.Semaphore(SIDE_BY_SIDE)

    async def get(self, look: PreviewLook) -> bytes:
        """Return a preview as PNG bytes; several who ask for the same one share one rendering.

        Raises:
            Refusal: there is no such face, or a number is out of range.
        """
        if look in self._kept:
            self._kept.move_to_end(look)
            return self._kept[look]
        if look not in self._begun:
            task = asyncio.create_task(self._render(look), name=f"preview-{look.face_id}")
            self._begun[look] = task
            task.add_done_callback(lambda _: self._begun.pop(look, None))
        return await asyncio.shield(self._begun[look])  # one who leaves takes nothing from the others

    async def close(self) -> None:
        """Give up what is being rendered."""
        tasks = list(self._begun.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _render(self, look: PreviewLook) -> bytes:
        hue = None if look.hue_degrees is None else look.hue_degrees / 360
        async with self._turnstile:
            try:
                png = await self._desk.preview(
                    look.face_id, hue, look.height_percent / 100, look.gradient_percent / 100
                )
            except BotError:
                raise Refusal("unusable") from None
        self._kept[look] = png
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return png
