"""Discord as one of the service's chat platforms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import discord
import structlog

from bot.chat import Delivered, DeliveryDelayed, FrontDesk, OutgoingMessage, Place, PlatformName
from bot.discord.backfill import Backfill
from bot.discord.clicks import Clicks, is_click
from bot.discord.client import OhLoraClient
from bot.discord.delivery import Deliverer
from bot.discord.endpoints import Endpoints
from bot.discord.in_hand import InHand
from bot.discord.incoming import guild_id_of, incoming_message, is_for_her, is_from_a_person
from bot.discord.intake import take_safely
from bot.discord.lanes import Lanes
from bot.discord.link import Link
from bot.discord.open_interactions import OpenInteractions
from bot.discord.quiet_logs import quiet_library_logs
from bot.discord.registration import all_commands, register_if_changed, registration
from bot.discord.sealing import TokenSeal
from bot.discord.seen_keeper import SeenKeeper
from bot.discord.slash_commands import SlashCommands, is_chat, is_command
from bot.discord.traces import trace_of
from bot.discord.typing_signs import TypingSigns
from bot.errors import BotError
from bot.settings import Settings
from bot.texts import Texts

PATIENCE_S = 20.0  # how long start() waits for Discord before it leaves connecting to the background
FINISH_S = 5.0  # how long stop() waits for what is being taken or sent

_log = structlog.get_logger(__name__)


class DiscordAdapter:
    """Hands over what people write to her on Discord, and shows what she answers."""

    def __init__(
        self, settings: Settings, front: FrontDesk, texts: Texts, *, secret: bytes, now: Callable[[], datetime]
    ) -> None:
        """Prepare the adapter; nothing is connected yet.

        `secret`, 16 bytes or more, encrypts the interaction tokens in routes; `now` is the clock, aware.

        Raises:
            BotError: there is no token, or the secret is too short.
        """
        if settings.discord_token is None:
            raise BotError("no Discord token; set OHLORA_DISCORD_TOKEN")
        self._front = front
        self._texts = texts
        self._now = now
        self._seal = TokenSeal(secret)
        self._waiting = OpenInteractions()
        self._lanes = Lanes()
        self._seen = SeenKeeper(front)
        self._commands = SlashCommands(front, texts, self._seal, self._waiting)
        self._clicks = Clicks(front, texts)
        self._signs = TypingSigns(self._show_typing)
        self._backfill = Backfill(self._seen.channels, self._lanes, now)
        self._in_hand = InHand()
        self._registering: asyncio.Task[None] | None = None
        self._stopping = False
        self._link = Link(
            settings.discord_token.get_secret_value(),
            Endpoints(settings.discord_api_base, settings.discord_gateway_url),
            self,
            message_content=settings.discord_message_content,
            logged_in=self._logged_in,
            ended=self._backfill.abandon,
        )

    @property
    def platform(self) -> PlatformName:
        """The platform's name."""
        return "discord"

    @property
    def hears_all(self) -> bool:
        """Tell whether she reads messages that do not mention her; without it no channel can be hers."""
        client = self._link.client
        return client is not None and client.hears_all

    async def start(self) -> None:
        """Log in and connect, or go on trying in the background when Discord cannot be reached.

        Raises:
            BotError: Discord refuses the token, or a command's text does not fit Discord.
        """
        quiet_library_logs()
        registration(all_commands(self._front), self._texts)  # a text that does not fit must show at start
        await self._seen.load()
        await self._link.open(PATIENCE_S)

    async def stop(self) -> None:
        """Take nothing more, finish what is being taken and sent, and disconnect."""
        self._stopping = True
        self._backfill.abandon()
        await self._signs.close()
        if self._registering is not None:
            self._registering.cancel()
        if not await self._in_hand.finish(FINISH_S):
            _log.warning("stopping with work in hand; it is taken up at the next start")
        await self._seen.close()
        await self._link.close()

    async def deliver(self, message: OutgoingMessage) -> Delivered:
        """Send one logical message.

        Raises:
            DeliveryRefused: Discord will never take it.
            DeliveryDelayed: not connected, or Discord cannot take it now.
        """
        client = self._link.client
        if client is None or self._stopping:
            raise DeliveryDelayed("not connected to Discord; waiting", 2.0)
        with self._in_hand.one():
            return await Deliverer(client, self._seal, self._waiting, self._now).deliver(message)

    async def typing(self, place: Place, *, active: bool) -> None:
        """Show or stop showing that she is typing; never raises."""
        if not place.channel_id.isdigit() or self._stopping:
            return
        if active:
            self._signs.begin(int(place.channel_id))
        else:
            self._signs.end(int(place.channel_id))

    async def connected(self, client: OhLoraClient, shard_id: int) -> None:
        """Hold the known channels back until their gap is filled."""
        self._backfill.begin(client, shard_id)

    async def ready(self, client: OhLoraClient, shard_id: int) -> None:
        """Fill the gap before this session."""
        with self._in_hand.one():
            await self._backfill.fill(client, shard_id, lambda missed: self._take(client, missed, behind_gate=False))

    async def message(self, client: OhLoraClient, message: discord.Message) -> None:
        """Take a message if it is for her."""
        if not self._stopping:
            with self._in_hand.one():
                await self._take(client, message, behind_gate=True)

    async def interaction(self, client: OhLoraClient, interaction: discord.Interaction[Any]) -> None:
        """Carry out a slash command or a click."""
        if self._stopping:
            return
        with self._in_hand.one():
            if is_click(interaction):
                await self._clicks.click(client, interaction)
            elif is_command(interaction):
                await self._command(client, interaction)

    async def _command(self, client: OhLoraClient, interaction: discord.Interaction[Any]) -> None:
        if not is_chat(interaction):
            await self._commands.command(client, interaction)
        elif interaction.channel_id is not None:
            await self._commands.chat(client, interaction, self._lanes.take(interaction.channel_id))
            self._seen.note(interaction.channel_id, interaction.guild_id, interaction.id)

    async def _take(self, client: OhLoraClient, message: discord.Message, *, behind_gate: bool) -> None:
        channel_id, guild_id, own_id = message.channel.id, guild_id_of(message), client.own_id
        async with self._lanes.take(channel_id, behind_gate=behind_gate):
            if self._stopping:
                return
            try:
                wanted = is_from_a_person(message, own_id) and await is_for_her(
                    message, own_id, self._front, hears_all=client.hears_all
                )
                taken = not wanted or await take_safely(self._front, incoming_message(message, own_id)) is not None
            except Exception as error:
                wanted, taken = True, False
                _log.error("a message could not be read", message_id=message.id, error=trace_of(error))
            if not taken:
                self._seen.hold(channel_id, guild_id, message.id)
            elif wanted or self._seen.channels.known(channel_id):
                self._seen.note(channel_id, guild_id, message.id)

    async def _logged_in(self, client: OhLoraClient) -> None:
        if client.application_id is not None:
            self._registering = asyncio.create_task(self._register(client, client.application_id))

    async def _register(self, client: OhLoraClient, application_id: int) -> None:
        try:
            await register_if_changed(client.http, application_id, self._front, self._texts)
        except Exception as error:
            # She can talk without slash commands; the next start tries again.
            _log.error("the slash commands could not be registered", error=trace_of(error))

    async def _show_typing(self, channel_id: int) -> None:
        client = self._link.client
        if client is not None:
            await client.get_partial_messageable(channel_id).typing()
