"""Slash commands: deferred at once, carried out by the service, answered by their own token."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import discord
import structlog

from bot.chat import CommandAnswer, CommandCall, CommandSpec, FrontDesk, IncomingMessage, Place
from bot.discord.answers import CALL_FAILED, Answers, locale_language
from bot.discord.attached_images import attached_image
from bot.discord.client import OhLoraClient
from bot.discord.incoming import author_of
from bot.discord.intake import take_safely
from bot.discord.interaction_replies import InteractionReplies
from bot.discord.open_interactions import OpenInteractions
from bot.discord.permissions import is_moderator
from bot.discord.plain_text import Names, plain_text
from bot.discord.registration import CHAT, all_commands
from bot.discord.routes import OpenInteraction, interaction_route
from bot.discord.sealing import TokenSeal
from bot.discord.traces import trace_of
from bot.texts import Texts

_log = structlog.get_logger(__name__)


class SlashCommands:
    """Answers the slash commands of people."""

    def __init__(self, front: FrontDesk, texts: Texts, seal: TokenSeal, waiting: OpenInteractions) -> None:
        self._front = front
        self._texts = texts
        self._seal = seal
        self._waiting = waiting

    async def chat(
        self, client: OhLoraClient, interaction: discord.Interaction[Any], turn: AbstractAsyncContextManager[None]
    ) -> None:
        """Take the text of `/chat` at its turn; its answer comes by the outbox and fills the deferred answer.

        The deferral does not wait for the turn: Discord allows 3 s for it.
        """
        opened = opened_interaction(interaction)
        place = place_of(interaction)
        if place is None:
            return
        deferral = asyncio.create_task(self._defer(client, opened, private=False))
        self._waiting.opened(interaction.id, deferral)
        text = str(_options(interaction).get("text", ""))
        message = IncomingMessage(
            place=place,
            author=author_of(interaction.user, str(interaction.locale)),
            chat_id=place.channel_id,
            message_id=str(interaction.id),
            text=plain_text(text, client.own_id, Names()),
            sent_at=interaction.created_at,
            route=interaction_route(int(place.channel_id), opened, interaction.created_at, self._seal),
        )
        async with turn:
            taken = await take_safely(self._front, message)
        deferred = await deferral
        if taken is None and deferred:
            excuse = self._texts.get(locale_language(interaction), "discord.not_taken")
            await self._answers(client).show_command(interaction, opened, CommandAnswer(excuse))

    async def command(self, client: OhLoraClient, interaction: discord.Interaction[Any]) -> None:
        """Carry out one of the service's commands and show its answer.

        A call whose deferral Discord refuses is not carried out: it is a replayed one, or the person has been told
        already that nothing came of it.
        """
        opened = opened_interaction(interaction)
        place = place_of(interaction)
        if place is None or not await self._defer(client, opened, private=interaction.guild_id is not None):
            return
        name = command_name(interaction)
        spec = next((each for each in all_commands(self._front) if each.name == name), None)
        answer = await self._carry_out(client, interaction, place, spec)
        await self._answers(client).show_command(interaction, opened, answer)

    def _answers(self, client: OhLoraClient) -> Answers:
        return Answers(InteractionReplies(client.http), self._texts)

    async def _carry_out(
        self, client: OhLoraClient, interaction: discord.Interaction[Any], place: Place, spec: CommandSpec | None
    ) -> CommandAnswer:
        language = locale_language(interaction)
        if spec is None:
            return CommandAnswer(self._texts.get(language, "discord.unknown_command"))
        call = CommandCall(
            place=place,
            author=author_of(interaction.user, str(interaction.locale)),
            call_id=str(interaction.id),
            name=spec.name,
            arguments=_options(interaction),
            may_moderate=place.kind == "server" and is_moderator(interaction.permissions),
            called_at=interaction.created_at,
            image=await attached_image(client.http, interaction, spec),
        )
        try:
            return await self._front.command(call)
        except Exception as error:
            _log.error("a command failed", command=spec.name, error=trace_of(error))
            return CommandAnswer(self._texts.get(language, "discord.command_failed"))

    async def _defer(self, client: OhLoraClient, opened: OpenInteraction, *, private: bool) -> bool:
        try:
            await InteractionReplies(client.http).defer(opened, private=private)
        except CALL_FAILED as error:
            code = error.code if isinstance(error, discord.HTTPException) else None
            _log.warning("a slash command could not be deferred", error=type(error).__name__, code=code)
            return False
        return True


def is_command(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether an interaction is a slash command."""
    return interaction.type is discord.InteractionType.application_command


def command_name(interaction: discord.Interaction[Any]) -> str:
    """Return the name of the command that was called."""
    data: Mapping[str, Any] = interaction.data or {}
    return str(data.get("name", ""))


def is_chat(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether an interaction is `/chat`."""
    return command_name(interaction) == CHAT.name


def opened_interaction(interaction: discord.Interaction[Any]) -> OpenInteraction:
    """Return what is needed to answer an interaction."""
    return OpenInteraction(interaction.id, interaction.application_id, interaction.token)


def place_of(interaction: discord.Interaction[Any]) -> Place | None:
    """Return where a command was given; None where Discord names no channel."""
    if interaction.channel_id is None:
        return None
    channel_id = str(interaction.channel_id)
    if interaction.guild_id is None:
        return Place("discord", channel_id, "direct", channel_id)
    name = interaction.guild.name if interaction.guild and not interaction.guild.unavailable else ""
    return Place("discord", str(interaction.guild_id), "server", channel_id, name or "")


def _options(interaction: discord.Interaction[Any]) -> dict[str, str]:
    data: Mapping[str, Any] = interaction.data or {}
    return {str(option["name"]): _written(option.get("value")) for option in data.get("options", ())}


def _written(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
