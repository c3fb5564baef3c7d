"""The service as the web page sees it; see bot.web.desk."""

from __future__ import annotations

from pathlib import Path

from bot.chat import Author, Picture, Place
from bot.chat_json import button_from
from bot.clock import Now
from bot.commands.command import DeskFacts
from bot.errors import BotError
from bot.front_desk import ServiceDesk
from bot.inbox import Inbox
from bot.live_faces import LiveFaces
from bot.loaded_engine import LoadedEngine
from bot.operator_view import OperatorView
from bot.pictures import PictureStore
from bot.texts import Texts
from bot.web.desk import HistoryItem, LiveView, Look
from bot.whereabouts import Defaults, locate
from engine.turn_types import Ombre
from storage.database import Storage
from storage.records import OutboxRecord
from storage.work import UnitOfWork

RESTING = Ombre(hue=None, height=0.6, gradient=0.5)


class ServiceWebDesk(ServiceDesk):
    """The front desk with history, pictures and her look."""

    def __init__(
        self,
        storage: Storage,
        inbox: Inbox,
        texts: Texts,
        pictures: PictureStore,
        defaults: Defaults,
        facts: DeskFacts,
        now: Now,
        engine: LoadedEngine,
        live: LiveFaces,
        operator: OperatorView,
    ) -> None:
        super().__init__(storage, inbox, texts, pictures, defaults, facts, now, engine)
        self._engine = engine
        self.live = live
        self.operator = operator

    async def history(self, author: Author, place: Place, limit: int) -> tuple[HistoryItem, ...]:
        """Return the last lines of a person's conversation, oldest first."""
        async with self._storage.work() as work:
            who = await locate(work, place, author, self._now(), self._defaults)
            said = [
                HistoryItem(f"in-{row.id}", "said", row.text, row.sent_at)
                for row in await work.inbox.recent(who.conversation.id, limit)
                if row.text
            ]
            told = [await _told(work, row) for row in await work.outbox.recent(who.conversation.id, limit)]
        return tuple(sorted([*said, *told], key=lambda item: item.at)[-limit:])

    async def picture(self, author: Author, image_id: int) -> Picture | None:
        """Return a picture that was made for this person, None for any other."""
        async with self._storage.read() as work:
            account = await work.people.find(author.platform, author.account_id)
            image = await work.images.get(image_id)
        if account is None or image is None or image.person_id != account.person_id:
            return None
        return Picture(Path(image.path), image.mime, image.alt_text, image.width, image.height)

    async def picture_of(self, outbox_id: int) -> int | None:
        """Return the image id of a sent message, None when it has no picture."""
        async with self._storage.read() as work:
            return (await work.outbox.get(outbox_id)).image_id

    def faces(self) -> tuple[str, ...]:
        """Return the catalogue faces that can be chosen, the default one first."""
        return self._facts.face_ids

    async def look(self, author: Author, place: Place) -> Look:
        """Return how a person sees her."""
        async with self._storage.work() as work:
            who = await locate(work, place, author, self._now(), self._defaults)
        person = who.person
        return Look(
            face_id=person.face_id if person.face_id in self.faces() else next(iter(self.faces()), ""),
            cycling=person.height is None or bool(person.hair_cycling),
            hue=person.hue if person.hue is not None else 0.0,
            height=person.height if person.height is not None else RESTING.height,
            gradient=person.gradient if person.gradient is not None else RESTING.gradient,
            motion="still" if person.motion == "still" else "moving",  # the page shows her live unless told otherwise
            language=who.language,
        )

    async def set_look(self, author: Author, place: Place, look: Look) -> None:
        """Change how a person sees her, from the next answer on.

        Raises:
            BotError: the face is unknown or a number is out of range.
        """
        self._check(look.face_id, look.hue, look.height, look.gradient)
        async with self._storage.work() as work:
            who = await locate(work, place, author, self._now(), self._defaults)
            # Where the person never chose, the page's own default says nothing about other platforms.
            was_shown = who.person.motion or "moving"
            await work.people.set_preferences(
                who.person.id,
                face_id=look.face_id,
                hair_cycling=look.cycling,
                hue=look.hue,
                height=look.height,
                gradient=look.gradient,
                motion=who.person.motion if look.motion == was_shown else look.motion,
                language=look.language,
            )

    def watch(self, look: Look) -> LiveView:
        """Begin to watch her moving face.

        Raises:
            BotError: too many watch already, or the face is unknown.
        """
        self._check(look.face_id, look.hue, look.height, look.gradient)
        return self.live.join(look.face_id, None if look.cycling else Ombre(look.hue, look.height, look.gradient))

    async def stop_watching(self) -> None:
        """End all watching."""
        await self.live.close()

    async def expression_of(self, outbox_id: int) -> tuple[float, float, float] | None:
        """Return the scores of the face in a sent message (eyes, mouth, pose), None when it shows none."""
        async with self._storage.read() as work:
            sent = await work.outbox.get(outbox_id)
            turn = await work.turns.get(sent.turn_id) if sent.image_id is not None and sent.turn_id else None
        if turn is None or turn.expression is None:
            return None
        eyes, mouth, pose = (float(score) for score in turn.expression["scores"])
        return (eyes, mouth, pose)

    async def preview(self, face_id: str, hue: float | None, height: float, gradient: float) -> bytes:
        """Render a resting face as a PNG; `hue` None leaves the hair undyed.

        Raises:
            BotError: the face is unknown or a number is out of range.
        """
        self._check(face_id, hue or 0.0, height, gradient)
        face = await self._engine.preview(face_id, Ombre(hue=hue, height=height, gradient=gradient))
        return face.data

    def _check(self, face_id: str, hue: float, height: float, gradient: float) -> None:
        if face_id not in self.faces():
            raise BotError(f"there is no face {face_id!r}; choose one of {', '.join(self.faces())}")
        if not (0 <= hue < 1 and 0 <= height <= 1 and 0 <= gradient <= 1):
            raise BotError("hue must be in [0, 1), height and gradient in [0, 1]")


async def _told(work: UnitOfWork, row: OutboxRecord) -> HistoryItem:
    image = await work.images.get(row.image_id) if row.image_id is not None else None
    return HistoryItem(
        key=f"out-{row.id}",
        kind="notice" if row.kind == "notice" else "answer",
        text=row.text,
        at=row.created_at,
        image_id=image.id if image else None,
        alt_text=image.alt_text if image else None,
        buttons=tuple(button_from(button) for button in row.buttons or ()),
    )
