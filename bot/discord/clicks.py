"""Clicks on buttons: acknowledged at once, carried out by the service, shown in place or to the one who clicked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import discord
import structlog

from bot.chat import ButtonCall, CommandAnswer, FrontDesk
from bot.discord.answers import CALL_FAILED, Answers, locale_language
from bot.discord.client import OhLoraClient
from bot.discord.incoming import author_of
from bot.discord.interaction_replies import InteractionReplies
from bot.discord.permissions import is_moderator
from bot.discord.slash_commands import opened_interaction, place_of
from bot.discord.traces import trace_of
from bot.texts import Texts

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ClickRights:
    """What Discord says, with the click itself, of the rights of who clicked."""

    guild_id: int | None
    permissions: discord.Permissions

    async def may_moderate(self, space_id: str) -> bool:
        """Tell whether the account may moderate this server; Discord speaks of the one it clicked in alone."""
        return self.guild_id is not None and str(self.guild_id) == space_id and is_moderator(self.permissions)


class Clicks:
    """Answers clicks, also on messages that another process sent."""

    def __init__(self, front: FrontDesk, texts: Texts) -> None:
        self._front = front
        self._texts = texts

    async def click(self, client: OhLoraClient, interaction: discord.Interaction[Any]) -> None:
        """Carry out a click and show its answer."""
        opened, place = opened_interaction(interaction), place_of(interaction)
        replies = InteractionReplies(client.http)
        if place is None:
            return
        try:
            await replies.acknowledge(opened)
        except CALL_FAILED as error:
            _log.warning("a click could not be acknowledged", error=type(error).__name__)
            return
        call = ButtonCall(
            place=place,
            author=author_of(interaction.user, str(interaction.locale)),
            call_id=str(interaction.id),
            button_id=button_id_of(interaction),
            rights=ClickRights(interaction.guild_id, interaction.permissions),
            called_at=interaction.created_at,
        )
        try:
            answer = await self._front.click(call)
        except Exception as error:
            _log.error("a click failed", error=trace_of(error))
            answer = CommandAnswer(self._texts.get(locale_language(interaction), "discord.command_failed"))
        if answer.in_place and not has_button(interaction, call.button_id):
            answer = replace(answer, in_place=False)
        await Answers(replies, self._texts).show_click(interaction, opened, answer)


def is_click(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether an interaction is a click on a button."""
    return interaction.type is discord.InteractionType.component


def has_button(interaction: discord.Interaction[Any], button_id: str) -> bool:
    """Tell whether the clicked message has a button; only then may the click change the message."""
    rows = interaction.message.components if interaction.message is not None else ()
    return any(
        isinstance(button, discord.Button) and button.custom_id == button_id
        for row in rows
        if isinstance(row, discord.ActionRow)
        for button in row.children
    )


def button_id_of(interaction: discord.Interaction[Any]) -> str:
    """Return the id of the button that was clicked."""
    data: Mapping[str, Any] = interaction.data or {}
    return str(data.get("custom_id", ""))
