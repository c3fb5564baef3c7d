"""Her moving face for all who watch it: one drawing loop, whose idle frames viewers of the same face share.

A frame is drawn when the device has nothing better to do and the one before is done, so that the frame rate follows
what the machine can do. Each viewer holds the newest picture only: one who reads slowly misses frames and holds up
nobody.
"""

from __future__ import annotations

import asyncio
import statistics
from collections import deque
from collections.abc import Callable

import structlog

from bot.errors import BotError
from bot.live_viewer import LiveViewer
from bot.loaded_engine import LoadedEngine
from bot.provenance import mark
from engine.face.motion import IDLE_END_AFTER_S, RandomSource
from engine.live_face import LiveFrame, RestingFace
from engine.turn_types import Ombre

MOST_PER_S = 24.0
BUSY_SHARE = 0.6  # of the time that the loop draws; the rest is left to everything else on this machine
MOST_VIEWERS = 64
LONGEST_PAUSE_S = 0.3  # between two draws, also after a slow one (the first of all)
AFTER_FAILURE_S = 5.0
_RECENT = 5  # draws that the pace goes by; their median forgives one that had to wait for a reply

Watched = tuple[str, Ombre | None]
log = structlog.get_logger(__name__)


class LiveFaces:
    """Draws the faces that are watched, while somebody watches.

    clock: seconds, monotonic. idle_s: how long nobody need say anything before she rests.
    """

    def __init__(
        self, engine: LoadedEngine, clock: Callable[[], float], rng: RandomSource, idle_s: float = IDLE_END_AFTER_S
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._rng = rng
        self._idle_s = idle_s
        self._faces: dict[Watched, RestingFace] = {}
        self._viewers: dict[LiveViewer, Watched] = {}
        self._drawing: asyncio.Task[None] | None = None
        self._watched = asyncio.Event()

    def join(self, face_id: str, ombre: Ombre | None) -> LiveViewer:
        """Begin to watch a face; `ombre` None lets its colours cycle.

        Raises:
            BotError: too many watch already.
        """
        if len(self._viewers) >= MOST_VIEWERS:
            raise BotError("too many watch the live face; this page shows her still, try again later")
        watched = (face_id, ombre)
        if watched not in self._faces:
            self._faces[watched] = RestingFace(face_id, ombre, self._rng, self._clock())
        viewer = LiveViewer(self._clock, self._changed)
        self._viewers[viewer] = watched
        if self._drawing is None:
            self._drawing = asyncio.create_task(self._draw_on(), name="live-faces")
        self._changed(viewer)
        return viewer

    @property
    def watching(self) -> int:
        """How many pages are drawn for now."""
        return sum(viewer.is_watching for viewer in self._viewers)

    async def close(self) -> None:
        """Send everybody away and stop drawing."""
        for viewer in list(self._viewers):
            viewer.close()
        if self._drawing is not None:
            self._drawing.cancel()
            await asyncio.gather(self._drawing, return_exceptions=True)
            self._drawing = None

    def _changed(self, viewer: LiveViewer) -> None:
        """Take note of who watches now."""
        if viewer.is_closed:
            self._viewers.pop(viewer, None)
            self._faces = {key: face for key, face in self._faces.items() if key in self._viewers.values()}
        if any(other.is_watching for other in self._viewers):
            self._watched.set()
        else:
            self._watched.clear()

    async def _draw_on(self) -> None:
        recent_s: deque[float] = deque(maxlen=_RECENT)
        while True:
            await self._watched.wait()
            began_s = self._clock()
            least_pause_s = 0.0
            try:
                await self._draw(began_s)
            except Exception as error:  # those who watch keep the last picture until drawing works again
                log.warning("live_face_failed", error=type(error).__name__)
                least_pause_s = AFTER_FAILURE_S
            took_s = self._clock() - began_s
            recent_s.append(took_s)
            period_s = max(1 / MOST_PER_S, statistics.median(recent_s) / BUSY_SHARE)
            await asyncio.sleep(max(min(period_s - took_s, LONGEST_PAUSE_S), least_pause_s, 0.0))

    async def _draw(self, now_s: float) -> None:
        """Draw what is watched at this moment, equal frames once, and hand it out.

        Raises:
            EngineError: a face could not be drawn.
        """
        wanted: dict[LiveFrame, list[LiveViewer]] = {}
        resting: dict[Watched, LiveFrame] = {}
        for viewer, watched in list(self._viewers.items()):
            viewer.rest_after(self._idle_s)
            if not viewer.is_watching:
                continue
            face = self._faces[watched]
            if watched not in resting:
                resting[watched] = face.advance(now_s)
            scores = viewer.scores(now_s, face.resting)
            frame = resting[watched] if scores is None else face.frame(scores)
            wanted.setdefault(frame, []).append(viewer)
        pictures = await asyncio.gather(*map(self._engine.live_frame, wanted))
        for viewers, picture in zip(wanted.values(), pictures, strict=True):
            marked = mark(picture, "image/webp")
            for viewer in viewers:
                viewer.put(marked)
