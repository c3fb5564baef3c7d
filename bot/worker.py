"""The worker: one inbox row from claim to reply, in two commits.

Commit A keeps the verdict's consequences, the memory and the words; commit B keeps the summary and the picture. A row
that was interrupted after A goes on with its second half and never asks the language model for the answer again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from bot.again import again_turn
from bot.blocks import block_now
from bot.chat import ChatAdapter, Place, PlatformName
from bot.chat_json import place_from
from bot.clock import NewId, Now
from bot.commit_a import CommitRules, commit_answer
from bot.commit_b import alt_text, commit_face
from bot.notices import Notice, Speech, blocked_notice
from bot.outbox_rows import add_notice
from bot.picture_size import resized, wanted_size_px
from bot.pictures import PictureStore
from bot.steps import OnStep, Step
from bot.texts import Language, Texts
from bot.turn_context import turn_for
from bot.turn_json import show_request_from
from bot.whereabouts import Defaults, choose_language
from engine.errors import EngineError, EngineUnavailable
from engine.turn_types import Engine
from storage.database import Storage
from storage.errors import LeaseLost
from storage.records import InboxRecord, InboxState, TurnRecord
from storage.work import UnitOfWork

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Limits of the worker."""

    attempts: int = 3  # a message that broke this often is set aside
    retry_after_s: float = 1.0  # times the attempts made
    commit: CommitRules = field(default_factory=lambda: CommitRules(face_grace_s=1.0, fade_days=30))


class Worker:
    """Processes claimed inbox rows."""

    def __init__(
        self,
        storage: Storage,
        engine: Engine,
        adapters: Mapping[PlatformName, ChatAdapter],
        texts: Texts,
        pictures: PictureStore,
        settings: WorkerSettings,
        defaults: Defaults,
        now: Now,
        new_id: NewId,
        on_step: OnStep,
        on_outbox: Callable[[], None],
    ) -> None:
        self._storage = storage
        self._engine = engine
        self._adapters = adapters
        self._texts = texts
        self._pictures = pictures
        self._settings = settings
        self._defaults = defaults
        self._now = now
        self._new_id = new_id
        self._on_step = on_step
        self._on_outbox = on_outbox

    async def process(self, row: InboxRecord) -> None:
        """Take one claimed row to its end, or hand it back for another attempt, or set it aside."""
        with structlog.contextvars.bound_contextvars(inbox_id=row.id):
            if row.attempts > self._settings.attempts:
                await self._set_aside(row)
                return
            try:
                async with self._typing(place_from(row.place)):
                    turn = await self._first_half(row)
                if turn is not None:
                    await self._second_half(row, turn)
            except LeaseLost:
                log.warning("lease_lost")  # another worker has the row; what was worked out here is dropped
            except Exception as error:  # whatever a message can break must not stop the next one
                await self._failed(row, error)

    async def _first_half(self, row: InboxRecord) -> TurnRecord | None:
        """Answer and commit A; return the turn when a face is still to come."""
        async with self._storage.read() as work:
            known = await work.turns.by_inbox(row.id)
            if known is not None:
                return known if known.show_request is not None else None
            turn, language, zone = await turn_for(work, row, self._new_id(), self._defaults)
            speech = Speech(self._texts, language, zone)
            again = await again_turn(work, row, turn) if row.kind == "again" else turn
            block = await block_now(work, row.person_id, row.space_id, row.channel_key, row.sent_at)
        if block is not None:
            await self._settle(row, blocked_notice(speech, block, kind=place_from(row.place).kind))
            return None
        if again is None:
            await self._settle(row, Notice(speech.text("again.none")))
            return None
        turn = again
        structlog.contextvars.bind_contextvars(turn_id=turn.turn_id)
        answered = await self._engine.answer(turn)
        self._on_step(Step.ANSWERED, row.id)
        async with self._storage.work() as work:
            committed = await commit_answer(work, row, turn, answered, speech, self._settings.commit, self._now())
        self._on_step(Step.COMMITTED_A, row.id)
        self._on_outbox()
        log.info("answered", outcome=committed.outcome, timings_ms=dict(answered.timings_ms))
        return committed if committed.show_request is not None else None

    async def _second_half(self, row: InboxRecord, turn: TurnRecord) -> None:
        """Render the face of a committed answer and commit B."""
        assert turn.show_request is not None
        shown = await self._engine.show(show_request_from(turn.show_request))
        self._on_step(Step.SHOWN, row.id)
        async with self._storage.read() as work:
            space = await work.spaces.get(row.space_id)
        face = await asyncio.to_thread(resized, shown.face, wanted_size_px(space.settings))
        shown = replace(shown, face=face)
        picture = await self._pictures.write(turn.id, face)
        async with self._storage.work() as work:
            alt = alt_text(self._texts, await self._language(work, row), shown.expression)
            await commit_face(work, row, turn, shown, picture, alt, self._now())
        self._on_step(Step.COMMITTED_B, row.id)
        self._on_outbox()
        log.info("shown", timings_ms=dict(shown.timings_ms))

    async def _settle(self, row: InboxRecord, notice: Notice) -> None:
        async with self._storage.work() as work:
            await add_notice(work, row, notice, self._now())
            await work.inbox.set_state(row.id, InboxState.DONE, self._now())
        self._on_outbox()

    async def _failed(self, row: InboxRecord, error: Exception) -> None:
        log.warning(
            "turn_failed",
            attempts=row.attempts,
            error=type(error).__name__,
            reason=str(error) if isinstance(error, EngineError) else None,
        )
        if row.attempts >= self._settings.attempts:
            later = isinstance(error, EngineUnavailable)  # nothing is wrong with the message itself
            await self._set_aside(row, "notice.try_again" if later else "notice.set_aside")
            return
        again_at = self._now() + timedelta(seconds=self._settings.retry_after_s * row.attempts)
        async with self._storage.work() as work:
            await work.inbox.try_again(row.id, again_at)

    async def _set_aside(self, row: InboxRecord, notice: str = "notice.set_aside") -> None:
        """Give a message up after too many attempts and tell the person once."""
        log.error("message_set_aside", attempts=row.attempts)
        async with self._storage.work() as work:
            if await work.turns.by_inbox(row.id) is None:
                text = self._texts.get(await self._language(work, row), notice)
                await add_notice(work, row, Notice(text), self._now())
            await work.outbox.release_hold(row.id)
            await work.inbox.set_state(row.id, InboxState.SET_ASIDE, self._now())
        self._on_outbox()

    async def _language(self, work: UnitOfWork, row: InboxRecord) -> Language:
        person = await work.people.person(row.person_id)
        space = await work.spaces.get(row.space_id)
        hint = row.author.get("language")
        return choose_language(person, space, hint if isinstance(hint, str) else None, self._defaults)

    @asynccontextmanager
    async def _typing(self, place: Place) -> AsyncIterator[None]:
        adapter = self._adapters.get(place.platform)
        if adapter is None:
            yield
            return
        await adapter.typing(place, active=True)
        try:
            yield
        finally:
            with suppress(Exception):
                await adapter.typing(place, active=False)
