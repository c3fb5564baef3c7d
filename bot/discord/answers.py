"""Answers to commands and clicks, by the interaction's own token."""

from __future__ import annotations

from typing import Any

import aiohttp
import discord
import structlog

from bot.chat import CommandAnswer
from bot.discord.interaction_replies import InteractionReplies
from bot.discord.routes import OpenInteraction
from bot.discord.splitting import split_text
from bot.discord.uploads import LARGEST_FILE_BYTES, Upload, face_upload, files_of
from bot.texts import Texts

CALL_FAILED = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)

_log = structlog.get_logger(__name__)


class Answers:
    """Shows answers of the service."""

    def __init__(self, replies: InteractionReplies, texts: Texts) -> None:
        self._replies = replies
        self._texts = texts

    async def show_command(
        self, interaction: discord.Interaction[Any], opened: OpenInteraction, answer: CommandAnswer
    ) -> None:
        """Fill the deferred answer of a slash command; what does not fit follows it."""
        text, uploads = await self._contents(interaction, answer)
        pieces = list(split_text(text))
        in_server = interaction.guild_id is not None
        if in_server and not answer.private:
            # The deferral was for the caller's eyes, and Discord cannot turn it into one for all.
            pieces.insert(0, self._texts.get(locale_language(interaction), "discord.shown_below"))
        await self._show(opened, pieces, uploads, answer, fills=True, private=in_server and answer.private)

    async def show_click(
        self, interaction: discord.Interaction[Any], opened: OpenInteraction, answer: CommandAnswer
    ) -> None:
        """Change the clicked message into the answer, or send the answer to the one who clicked."""
        text, uploads = await self._contents(interaction, answer)
        pieces = list(split_text(text))
        if answer.in_place and len(pieces) == 1:
            try:
                await self._replies.edit(
                    opened, content=pieces[0], files=files_of(*uploads), buttons=answer.buttons, only_these_files=True
                )
            except CALL_FAILED as error:
                _log.warning("a clicked message could not be changed", error=type(error).__name__)
            else:
                return
        private = interaction.guild_id is not None and answer.private
        await self._show(opened, pieces, uploads, answer, fills=False, private=private)

    async def _contents(
        self, interaction: discord.Interaction[Any], answer: CommandAnswer
    ) -> tuple[str, list[Upload | None]]:
        text, uploads = answer.text, [await face_upload(answer.picture)]
        if answer.document is not None:
            name, content = answer.document
            if len(content) <= LARGEST_FILE_BYTES:
                uploads.append(Upload(name, content))
            else:
                text += "\n" + self._texts.get(locale_language(interaction), "discord.document_too_large")
        return text, uploads

    async def _show(
        self,
        opened: OpenInteraction,
        pieces: list[str],
        uploads: list[Upload | None],
        answer: CommandAnswer,
        *,
        fills: bool,
        private: bool,
    ) -> None:
        last = len(pieces) - 1
        try:
            for index, piece in enumerate(pieces):
                files = files_of(*uploads) if index == last else []
                buttons = answer.buttons if index == last else ()
                if index == 0 and fills:
                    await self._replies.edit(opened, content=piece, files=files, buttons=buttons or None)
                else:
                    await self._replies.follow_up(opened, content=piece, files=files, buttons=buttons, private=private)
        except CALL_FAILED as error:
            _log.warning("an answer could not be shown", error=type(error).__name__)


def locale_language(interaction: discord.Interaction[Any]) -> str:
    """Return the language that a person uses Discord in: "ko" or "en"."""
    return "ko" if str(interaction.locale).startswith("ko") else "en"
