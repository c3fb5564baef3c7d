"""What the web page needs of the service beyond what every platform needs: history, pictures, her look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.chat import Author, Button, FrontDesk, Picture, Place
from bot.web.operator_desk import OperatorDesk


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One line of the conversation as it was committed. `image_id` names a picture for `picture`."""

    key: str  # unique and stable, e.g. "in-12", "out-34"
    kind: Literal["said", "answer", "notice"]
    text: str
    at: datetime
    image_id: int | None = None
    alt_text: str | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """How a person sees her: `hue` in [0, 1), `height` and `gradient` in [0, 1]; `cycling`: colours change by turns."""

    face_id: str
    cycling: bool
    hue: float
    height: float
    gradient: float
    motion: Literal["still", "moving"]
    language: Literal["ko", "en"]


@dataclass(frozen=True, slots=True)
class Resting:
    """She rests after nothing was said for `waited_s` whole seconds; the next message wakes her."""

    waited_s: int


class LiveView(Protocol):
    """One page's view of her moving face."""

    async def next(self) -> bytes | Resting | None:
        """Wait for the newest picture (WebP), or for the news that she rests; None at the end."""

    def express(self, scores: tuple[float, float, float]) -> None:
        """Begin the way to an answer's expression (eyes, mouth, pose) and back; no other view shows it."""

    def wake(self) -> None:
        """Take note that the person spoke; she moves again if she rested."""

    def seen(self, *, visible: bool) -> None:
        """Pause while the page is hidden."""

    def close(self) -> None:
        """End watching."""


class WebDesk(FrontDesk, Protocol):
    """The front desk with what the web page needs."""

    @property
    def operator(self) -> OperatorDesk:
        """The service as whoever runs it sees it."""

    async def history(self, author: Author, place: Place, limit: int) -> tuple[HistoryItem, ...]:
        """Return the last lines of a person's conversation, oldest first."""

    async def picture(self, author: Author, image_id: int) -> Picture | None:
        """Return a picture that was made for this person, None for any other."""

    async def picture_of(self, outbox_id: int) -> int | None:
        """Return the image id of a sent message, None when it has no picture."""

    def faces(self) -> tuple[str, ...]:
        """Return the catalogue faces that can be chosen, the default one first."""

    async def look(self, author: Author, place: Place) -> Look:
        """Return how a person sees her."""

    async def set_look(self, author: Author, place: Place, look: Look) -> None:
        """Change how a person sees her, from the next answer on.

        Raises:
            BotError: the face is unknown or a number is out of range.
        """

    def watch(self, look: Look) -> LiveView:
        """Begin to watch her moving face.

        Raises:
            BotError: too many watch already.
        """

    async def stop_watching(self) -> None:
        """End all watching."""

    async def expression_of(self, outbox_id: int) -> tuple[float, float, float] | None:
        """Return the scores of the face in a sent message (eyes, mouth, pose), None when it shows none."""

    async def preview(self, face_id: str, hue: float | None, height: float, gradient: float) -> bytes:
        """Render a resting face as a PNG; `hue` None leaves the hair undyed.

        Raises:
            BotError: the face is unknown or a number is out of range.
        """
