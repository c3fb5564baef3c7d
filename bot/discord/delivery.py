"""Outgoing messages on Discord: one showing of each, as the answer to what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import discord
import structlog

from bot.chat import Button, Delivered, DeliveryRefused, OutgoingMessage, RouteValue
from bot.discord.button_rows import view_of
from bot.discord.client import OhLoraClient
from bot.discord.failures import NO_HISTORY_TO_REPLY, as_delivery_errors, is_spent_token
from bot.discord.interaction_replies import InteractionReplies, shows
from bot.discord.open_interactions import OpenInteractions
from bot.discord.recovery import find_sent
from bot.discord.routes import OpenInteraction, Target, target_of
from bot.discord.sealing import TokenSeal
from bot.discord.splitting import piece_nonce, split_text
from bot.discord.uploads import Upload, face_upload, files_of

_log = structlog.get_logger(__name__)


class Deliverer:
    """Sends messages of the outbox through one client."""

    def __init__(
        self, client: OhLoraClient, seal: TokenSeal, waiting: OpenInteractions, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._seal = seal
        self._waiting = waiting
        self._now = now
        self._replies = InteractionReplies(client.http)

    async def deliver(self, message: OutgoingMessage) -> Delivered:
        """Send one logical message; sending it again shows it no second time.

        Raises:
            DeliveryRefused: Discord will never take it, or there is nothing to send.
            DeliveryDelayed: Discord cannot take it now.
        """
        target = target_of(message.route, message.place, self._now(), self._seal)
        face = await face_upload(message.picture)
        with as_delivery_errors():
            if message.kind == "face" and message.after:
                return await self._add_face(face, message.after, target)
            pieces = split_text(message.text)
            if face is None and pieces == ("",):
                raise DeliveryRefused("there is neither text nor a face to send; nothing was shown")
            if target.interaction is not None:
                try:
                    return await self._answer_interaction(message, target, target.interaction, pieces, face)
                except discord.HTTPException as error:
                    if not is_spent_token(error):
                        raise
                    _log.info("a slash command can no longer be answered; writing to its channel", code=error.code)
            return await self._write_to_channel(message, target, pieces, face)

    async def _answer_interaction(
        self,
        message: OutgoingMessage,
        target: Target,
        interaction: OpenInteraction,
        pieces: Sequence[str],
        face: Upload | None,
    ) -> Delivered:
        """Fill the deferred answer; what does not fit, or comes when it is filled already, follows it."""
        last = len(pieces) - 1
        in_original = await self._is_in_original(message, interaction, pieces[0])
        # Filling the deferred answer again with the same content changes nothing: no look-up is needed for it.
        done = 1 if in_original else 0
        sent_id = 0
        if in_original:
            files = files_of(face) if last == 0 else ()
            buttons = message.buttons if last == 0 else None
            filled = await self._replies.edit(interaction, content=pieces[0], files=files, buttons=buttons or None)
            sent_id = int(filled["id"])
        found = await self._already_there(message, target, pieces) if done <= last else []
        for index in range(done, len(pieces)):
            there = found[index]
            if there is not None:
                sent_id = there.id
                continue
            files = files_of(face) if index == last else ()
            buttons = message.buttons if index == last else ()
            sent = await self._replies.follow_up(
                interaction, content=pieces[index], files=files, buttons=buttons, private=False
            )
            sent_id = int(sent["id"])
        return _receipt(target.channel_id, sent_id, "interaction")

    async def _is_in_original(self, message: OutgoingMessage, interaction: OpenInteraction, text: str) -> bool:
        if message.first_try and await self._waiting.claim(interaction.interaction_id):
            return True
        waiting, standing = await self._replies.original(interaction)
        return waiting or (not message.first_try and shows(standing, text))

    async def _write_to_channel(
        self, message: OutgoingMessage, target: Target, pieces: Sequence[str], face: Upload | None
    ) -> Delivered:
        channel = self._client.get_partial_messageable(target.channel_id)
        found = await self._already_there(message, target, pieces)
        last, sent_id = len(pieces) - 1, 0
        for index, text in enumerate(pieces):
            there, attached = found[index], face if index == last else None
            if there is None:
                nonce = piece_nonce(message.nonce, index)
                reply_to = target.reply_to if index == 0 else None
                buttons = message.buttons if index == last else ()
                sent_id = await _write(channel, text, attached, nonce, reply_to, buttons)
                continue
            sent_id = there.id
            if attached is not None and not there.attachments:
                await channel.get_partial_message(there.id).edit(attachments=files_of(attached))
        return _receipt(target.channel_id, sent_id, "channel")

    async def _already_there(
        self, message: OutgoingMessage, target: Target, pieces: Sequence[str]
    ) -> list[discord.Message | None]:
        if message.first_try:
            return [None] * len(pieces)
        channel = self._client.get_partial_messageable(target.channel_id)
        return await find_sent(channel, self._client.own_id, target, message.nonce, pieces)

    async def _add_face(self, face: Upload | None, after: Mapping[str, RouteValue], target: Target) -> Delivered:
        """Attach a face to the text that went before it; doing so again replaces it by itself."""
        if face is None:
            raise DeliveryRefused("the face is gone or too large for Discord; the text stays alone")
        channel_id, message_id = int(str(after["channel_id"])), int(str(after["message_id"]))
        if after.get("via") == "interaction" and target.interaction is not None:
            try:
                await self._replies.edit(target.interaction, message=str(message_id), files=files_of(face))
            except discord.HTTPException as error:
                if not is_spent_token(error):
                    raise
            else:
                return _receipt(channel_id, message_id, "interaction")
        channel = self._client.get_partial_messageable(channel_id)
        await channel.get_partial_message(message_id).edit(attachments=files_of(face))
        return _receipt(channel_id, message_id, "channel")


async def _write(
    channel: discord.PartialMessageable,
    text: str,
    face: Upload | None,
    nonce: str,
    reply_to: int | None,
    buttons: Sequence[Button],
) -> int:
    shown: dict[str, Any] = {"view": view_of(buttons)} if buttons else {}
    if reply_to is not None:
        reference = discord.MessageReference(message_id=reply_to, channel_id=channel.id, fail_if_not_exists=False)
        try:
            sent = await channel.send(
                text or None, files=files_of(face), nonce=nonce, reference=reference, mention_author=False, **shown
            )
        except discord.HTTPException as error:
            if error.code != NO_HISTORY_TO_REPLY:
                raise  # only without the right to read the history she may write, but not as a reply
        else:
            return sent.id
    sent = await channel.send(text or None, files=files_of(face), nonce=nonce, **shown)
    return sent.id


def _receipt(channel_id: int, message_id: int, via: str) -> Delivered:
    return Delivered({"channel_id": str(channel_id), "message_id": str(message_id), "via": via})
