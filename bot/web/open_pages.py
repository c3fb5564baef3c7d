"""The open pages of each visitor, what they are told, and what a page missed while it was away."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EVENTS_KEPT = 100  # for each visitor; a page that missed more reads the history again
VISITORS_KEPT = 1_000  # those without an open page are forgotten first come, first gone
PAGE_BACKLOG = 200  # a page that reads so slowly is closed and comes back


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `id` names it for a page that comes back, `data` is plain JSON.

    `number` counts the events of all visitors.
    """

    id: str
    number: int
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a page is told when it comes: where the events stand, and whether it has missed none of them."""

    last_id: str
    resumed: bool
    missed: tuple[Event, ...]
    typing: bool


class Page:
    """One open page: events wait here until they are sent. None ends it."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Event | None] = asyncio.Queue()
        self._closed = False

    def put(self, event: Event) -> None:
        """Let the page know, unless it has fallen too far behind."""
        if self._waiting.qsize() >= PAGE_BACKLOG:
            self.close()
        if not self._closed:
            self._waiting.put_nowait(event)

    def close(self) -> None:
        """End the page after what it was told so far."""
        if not self._closed:
            self._closed = True
            self._waiting.put_nowait(None)

    async def next(self) -> Event | None:
        """Wait for the next event; None when the page is to be closed."""
        return await self._waiting.get()


@dataclass(slots=True)
class _Room:
    """One visitor's pages and latest events."""

    complete_after: int  # every event with a higher number is in `events`
    pages: set[Page] = field(default_factory=set)
    events: deque[Event] = field(default_factory=deque)
    typing: bool = False

    def keep(self, event: Event) -> None:
        self.events.append(event)
        if len(self.events) > EVENTS_KEPT:
            self.complete_after = self.events.popleft().number


class OpenPages:
    """Tells each visitor's pages what happened, and no other's.

    `run_id` is unique for each start of the service, so that an event id of an earlier one is recognised.
    """

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._rooms: OrderedDict[str, _Room] = OrderedDict()
        self._count = 0
        self._closed = False

    def join(self, visitor_id: str, last_id: str | None) -> tuple[Page, Welcome]:
        """Open a page that has seen everything up to `last_id` (None: nothing)."""
        room = self._room(visitor_id)
        page = Page()
        if self._closed:
            page.close()
        else:
            room.pages.add(page)
        missed = self._missed(room, last_id)
        resumed = missed is not None
        return page, Welcome(self._id(self._count), resumed, tuple(missed or ()), room.typing)

    def leave(self, visitor_id: str, page: Page) -> None:
        """Forget a page that was closed."""
        room = self._rooms.get(visitor_id)
        if room is not None:
            room.pages.discard(page)

    def tell(self, visitor_id: str, kind: str, data: Mapping[str, Any]) -> str:
        """Tell a visitor's pages, now or when they come back; return the event's id."""
        room = self._room(visitor_id)
        self._count += 1
        event = Event(self._id(self._count), self._count, kind, data)
        room.keep(event)
        for page in list(room.pages):
            page.put(event)
        return event.id

    def typing(self, visitor_id: str, *, active: bool) -> None:
        """Show a visitor's pages whether she is typing; this is a state, so it is not kept as an event."""
        room = self._room(visitor_id)
        room.typing = active
        for page in list(room.pages):
            page.put(Event("", 0, "typing", {"active": active}))

    def close(self) -> None:
        """Close every page, and those that still come."""
        self._closed = True
        for room in self._rooms.values():
            for page in room.pages:
                page.close()

    def _room(self, visitor_id: str) -> _Room:
        room = self._rooms.setdefault(visitor_id, _Room(complete_after=self._count))
        self._rooms.move_to_end(visitor_id)
        if len(self._rooms) > VISITORS_KEPT:
            idle = next((key for key, other in self._rooms.items() if not other.pages and key != visitor_id), None)
            if idle is not None:
                del self._rooms[idle]
        return room

    def _missed(self, room: _Room, last_id: str | None) -> list[Event] | None:
        """Return what came after `last_id`, None when that cannot be told any more."""
        run_id, _, number = (last_id or "").rpartition("-")
        if run_id != self._run_id or not number.isdecimal() or len(number) > 18:
            return None
        if not room.complete_after <= int(number) <= self._count:
            return None
        return [event for event in room.events if event.number > int(number)]

    def _id(self, count: int) -> str:
        return f"{self._run_id}-{count}"
