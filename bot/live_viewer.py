"""One page that watches her move."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.web.desk import Resting
from engine.face.expression import Triple
from engine.live_face import Excursion


class LiveViewer:
    """Holds the newest picture for one page, and what only this page sees: the way to an expression and back.

    clock: seconds, monotonic. changed: told whenever the page begins or ends to watch.
    """

    def __init__(self, clock: Callable[[], float], changed: Callable[[LiveViewer], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._spoke_s = clock()
        self._excursion: Excursion | None = None
        self._is_visible = True
        self._rests = False
        self._is_closed = False
        self._news: bytes | Resting | None = None
        self._told = asyncio.Event()

    @property
    def is_watching(self) -> bool:
        """Whether frames are drawn for this page."""
        return self._is_visible and not self._rests and not self._is_closed

    @property
    def is_closed(self) -> bool:
        """Whether the page has gone."""
        return self._is_closed

    async def next(self) -> bytes | Resting | None:
        """Wait for the newest picture (WebP), or for the news that she rests; None at the end."""
        await self._told.wait()
        if self._is_closed:
            return None
        self._told.clear()
        news, self._news = self._news, None
        return news

    def express(self, scores: Triple) -> None:
        """Begin the way to an answer's expression."""
        self.wake()
        self._excursion = Excursion(scores, self._clock())

    def wake(self) -> None:
        """Take note that the person spoke; she moves again if she rested."""
        self._spoke_s = self._clock()
        self._rests = False
        self._changed(self)

    def seen(self, *, visible: bool) -> None:
        """Pause while the page is hidden; looking at it again counts as speaking."""
        self._is_visible = visible
        if visible:
            self.wake()
        else:
            self._changed(self)

    def close(self) -> None:
        """End watching."""
        self._is_closed = True
        self._told.set()
        self._changed(self)

    def scores(self, now_s: float, resting: Triple) -> Triple | None:
        """Return the expression that this page alone sees, None when it sees the face at rest."""
        scores = None if self._excursion is None else self._excursion.scores(now_s, resting)
        if scores is None:
            self._excursion = None
        return scores

    def rest_after(self, idle_s: float) -> None:
        """Let her rest when nothing has been said for so long."""
        waited_s = self._clock() - self._spoke_s
        if self.is_watching and waited_s >= idle_s:
            self._rests = True
            self._tell(Resting(int(waited_s)))
            self._changed(self)

    def put(self, picture: bytes) -> None:
        """Hand over a picture; it replaces one that has not been fetched yet."""
        if self.is_watching:
            self._tell(picture)

    def _tell(self, news: bytes | Resting) -> None:
        self._news = news
        self._told.set()
