"""Wires everything: storage, engine, worker and adapters, started in this order and stopped in the reverse one."""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog

from bot.chat import ChatAdapter, PlatformName
from bot.clock import NewId, Now, new_turn_id, utc_now
from bot.commands.command import DeskFacts
from bot.commit_a import CommitRules
from bot.inbox import Inbox
from bot.live_faces import LiveFaces
from bot.loaded_engine import LoadedEngine
from bot.mailbox import Mailboxes, MailboxSettings
from bot.observations import Observations
from bot.observed_engine import ObservedEngine
from bot.operator_view import OperatorView
from bot.outbox import OutboxSender
from bot.pictures import PictureStore
from bot.queue_limits import QueueLimits
from bot.settings import Settings
from bot.steps import OnStep, ignore_step
from bot.sweeper import Retention, Sweeper
from bot.texts import Texts
from bot.web_desk import ServiceWebDesk
from bot.whereabouts import Defaults
from bot.worker import Worker, WorkerSettings
from storage.database import Storage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What an adapter is built from."""

    settings: Settings
    desk: ServiceWebDesk
    texts: Texts
    storage: Storage
    engine: LoadedEngine


@dataclass(frozen=True, slots=True)
class App:
    """The running service."""

    settings: Settings
    storage: Storage
    engine: LoadedEngine
    desk: ServiceWebDesk
    adapters: tuple[ChatAdapter, ...]
    mailboxes: Mailboxes


LoadEngine = Callable[[Settings], Awaitable[LoadedEngine]]
MakeAdapters = Callable[[Parts], Sequence[ChatAdapter]]


@asynccontextmanager
async def open_app(
    settings: Settings,
    load_engine: LoadEngine,
    make_adapters: MakeAdapters,
    *,
    now: Now = utc_now,
    new_id: NewId = new_turn_id,
    on_step: OnStep = ignore_step,
) -> AsyncIterator[App]:
    """Start the whole service; on leaving, the turns in hand are finished within the grace time.

    Messages that arrive while it stops are committed and answered after the next start.
    """
    async with AsyncExitStack() as stack:
        storage = await Storage.open(settings.resolved_database_url())
        stack.push_async_callback(storage.close)
        engine = await load_engine(settings)
        stack.push_async_callback(engine.close)
        texts = Texts.load()
        pictures = PictureStore(settings.data_dir / "pictures")
        defaults = Defaults(language=settings.language, timezone=settings.timezone)
        wakers: list[Callable[[], None]] = []

        def wake() -> None:
            for waker in wakers:
                waker()

        limits = QueueLimits(settings.queue_per_conversation, settings.queue_total)
        facts = DeskFacts(
            operators=settings.operator_ids(),
            face_ids=engine.face_ids,
            message_content=settings.discord_message_content,
            fade_days=settings.fade_days,
            text_days=settings.text_days,
            picture_days=settings.picture_days,
            queue=limits,
            models_host=_models_host(settings),
        )
        inbox = Inbox(storage, texts, limits, defaults, now, wake, on_step)
        observations = Observations(now)
        live = LiveFaces(engine, time.monotonic, random.Random())
        weights = {"profile": settings.profile, "device": settings.device, "faces": str(len(engine.face_ids))}
        operator = OperatorView(storage, observations, weights, lambda: live.watching, now)
        desk = ServiceWebDesk(storage, inbox, texts, pictures, defaults, facts, now, engine, live, operator)
        parts = Parts(settings, desk, texts, storage, engine)
        adapters: dict[PlatformName, ChatAdapter] = {adapter.platform: adapter for adapter in make_adapters(parts)}
        worker = Worker(
            storage,
            ObservedEngine(engine.engine, observations),
            adapters,
            texts,
            pictures,
            WorkerSettings(commit=CommitRules(settings.face_grace_s, settings.fade_days)),
            defaults,
            now,
            new_id,
            on_step,
            wake,
        )
        mailboxes = Mailboxes(
            storage,
            worker.process,
            MailboxSettings(_owner(), tuple(adapters), settings.side_by_side, settings.lease_s),
            now,
            on_step,
        )
        wakers.append(mailboxes.wake)
        for adapter in adapters.values():
            stack.push_async_callback(_stop_adapter, adapter)
            await adapter.start()
            sender = OutboxSender(storage, adapter, now, on_step)
            await sender.start()
            wakers.append(sender.wake)
            stack.push_async_callback(sender.stop, settings.stop_grace_s)
        sweeper = Sweeper(storage, pictures, Retention(settings.text_days, settings.picture_days), now)
        await sweeper.start()
        stack.push_async_callback(sweeper.stop)
        await mailboxes.start()
        stack.push_async_callback(mailboxes.stop, settings.stop_grace_s)
        yield App(settings, storage, engine, desk, tuple(adapters.values()), mailboxes)


async def _stop_adapter(adapter: ChatAdapter) -> None:
    try:
        await adapter.stop()
    except Exception as error:  # the others must still be stopped
        log.error("adapter_stop_failed", platform=adapter.platform, error=type(error).__name__)


def _models_host(settings: Settings) -> str | None:
    """Name the server that what people say is sent to for making answers; None when they are made here."""
    if settings.llm_backend != "openai" or not settings.openai_base_url:
        return None
    return urlsplit(settings.openai_base_url).hostname


def _owner() -> str:
    """Name this process in the leases."""
    return f"{os.getpid()}-{secrets.token_hex(4)}"
