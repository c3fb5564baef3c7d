"""The Telegram adapter: the lifecycle that joins intake, deliveries and the connection to Telegram."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from telegram import Update
from telegram.error import InvalidToken, TelegramError

from bot.chat import Delivered, DeliveryDelayed, DeliveryRefused, FrontDesk, OutgoingMessage, Place, PlatformName
from bot.errors import BotError
from bot.settings import Settings
from bot.telegram.answers import Answers
from bot.telegram.button_desk import ButtonDesk
from bot.telegram.chat_address import address_of_place
from bot.telegram.command_desk import CommandDesk
from bot.telegram.deliveries import Deliveries
from bot.telegram.failures import pause_s, reason_of
from bot.telegram.intake import ALLOWED_UPDATES, Intake
from bot.telegram.library import make_bot
from bot.telegram.menu import Menu
from bot.telegram.moderators import Moderators
from bot.telegram.people_seen import PeopleSeen
from bot.telegram.polling import Poller
from bot.telegram.reading import Me
from bot.telegram.sender import Sender
from bot.telegram.typing_indicator import TypingIndicator
from bot.telegram.webhook import Webhook, webhook_secret
from bot.texts import Texts

_LONGEST_PAUSE_S = 60.0
_CONNECTIONS = 10

Work = Callable[[], Awaitable[None]]

_log = structlog.get_logger(__name__)


class NotConnected(BotError):
    """Telegram was not reached yet, so an update cannot be read; it comes again."""


class TelegramAdapter:
    """Oh-LoRA on Telegram."""

    def __init__(
        self, settings: Settings, front: FrontDesk, texts: Texts, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Set the adapter up; nothing is sent before `start`.

        Raises:
            BotError: the token, or the webhook's address or secret, is missing or unusable.
        """
        self._settings = settings
        self._front = front
        self._bot = make_bot(settings)
        self._secret = webhook_secret(settings) if settings.telegram_mode == "webhook" else None
        sender = Sender(self._bot)
        self._people = PeopleSeen()
        moderators = Moderators(self._bot, monotonic)
        self._commands = CommandDesk(self._bot, front, texts, Answers(sender, texts), moderators, self._people)
        self._buttons = ButtonDesk(self._bot, front, texts, sender, moderators)
        self._menu = Menu(self._bot, front, texts, settings.language)
        self._deliveries = Deliveries(sender)
        self._typing = TypingIndicator(self._bot)
        self._intake: Intake | None = None
        self._poller: Poller | None = None
        self._webhook: Webhook | None = None
        self._background: set[asyncio.Task[None]] = set()
        self._running = False

    @property
    def platform(self) -> PlatformName:
        """The platform's name."""
        return "telegram"

    @property
    def webhook_port(self) -> int | None:
        """The port the webhook listens on, or None when polling."""
        return self._webhook.port if self._webhook is not None else None

    async def start(self) -> None:
        """Connect and begin to hand messages over; an unreachable Telegram is tried again in the background.

        Raises:
            BotError: Telegram refuses the token, or the webhook's port cannot be bound.
        """
        if self._secret is not None:
            self._webhook = Webhook(
                self._bot,
                self._secret,
                self._take,
                self._settings.telegram_webhook_host,
                self._settings.telegram_webhook_port,
            )
            await self._webhook.start()
        self._running = True
        try:
            await self._connect()
        except InvalidToken as error:
            await self.stop()
            raise BotError(reason_of(error)) from None  # the library's own error quotes the token
        except TelegramError as error:
            _log.warning("telegram.not_connected", reason=reason_of(error))
            self._spawn(partial(self._keep_connecting, pause_s(error)))

    async def stop(self) -> None:
        """Stop taking messages, finish what is in hand, and disconnect."""
        self._running = False
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        if self._poller is not None:
            await self._poller.stop()
            self._poller = None
        if self._webhook is not None:
            await self._webhook.stop()
            self._webhook = None
        await self._commands.stop(self._settings.stop_grace_s)
        await self._buttons.stop(self._settings.stop_grace_s)
        await self._deliveries.finish(self._settings.stop_grace_s)
        await self._typing.stop()
        await self._bot.shutdown()

    async def deliver(self, message: OutgoingMessage) -> Delivered:
        """Send one logical message.

        Raises:
            DeliveryRefused: Telegram will never take it.
            DeliveryDelayed: try again later.
        """
        if not self._running:
            raise DeliveryDelayed("Telegram is not connected; it is tried again", 1.0)
        return await self._deliveries.deliver(message)

    async def typing(self, place: Place, *, active: bool) -> None:
        """Show or stop showing that she is typing; never raises."""
        with contextlib.suppress(DeliveryRefused):
            address = address_of_place(place)
            if not active:
                self._typing.hide(address)
            elif self._running:
                self._typing.show(address)

    async def _connect(self) -> None:
        """Log in, and start polling or tell Telegram the webhook's address.

        Raises:
            TelegramError: Telegram is not reachable or refuses.
        """
        await self._bot.initialize()
        me = Me(self._bot.id, self._bot.username)
        if self._intake is None:
            self._intake = Intake(self._front, self._commands, self._buttons, self._people, me)
        if self._secret is None:
            await self._bot.delete_webhook()
            self._poller = Poller(self._bot, self._take)
            self._poller.start()
        else:
            await self._bot.set_webhook(
                str(self._settings.telegram_webhook_url),
                secret_token=self._secret,
                allowed_updates=ALLOWED_UPDATES,
                max_connections=_CONNECTIONS,
            )
        _log.info("telegram.connected", username=me.username, mode=self._settings.telegram_mode)
        self._spawn(self._menu.sync)

    async def _keep_connecting(self, pause: float) -> None:
        while True:
            await asyncio.sleep(pause)
            try:
                await self._connect()
            except TelegramError as error:
                pause = min(max(pause * 2, pause_s(error)), _LONGEST_PAUSE_S)
                _log.warning("telegram.not_connected", reason=reason_of(error), pause_s=pause)
            else:
                return

    async def _take(self, update: Update) -> None:
        if self._intake is None:
            raise NotConnected("Telegram is not reached yet; the update comes again")
        await self._intake.take(update)

    def _spawn(self, work: Work) -> None:
        task = asyncio.create_task(_reported(work), name="telegram.background")
        self._background.add(task)
        task.add_done_callback(self._background.discard)


async def _reported(work: Work) -> None:
    """Run background work; what it cannot do is one log line."""
    try:
        await work()
    except Exception as error:
        _log.error("telegram.background_failed", error=type(error).__name__)
