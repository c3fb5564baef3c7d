"""Where a Telegram message goes: chat, topic, and the message it answers. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from telegram import ReplyParameters

from bot.chat import DeliveryRefused, OutgoingMessage, Place


@dataclass(frozen=True, slots=True)
class ChatAddress:
    """A chat, the topic in it, and the message to answer there."""

    chat_id: int
    topic: int | None = None
    reply_to: int | None = None

    def reply_parameters(self) -> ReplyParameters | None:
        """Return the library's reply parameters; a message that was deleted meanwhile is no obstacle."""
        if self.reply_to is None:
            return None
        return ReplyParameters(self.reply_to, allow_sending_without_reply=True)


def address_of_place(place: Place) -> ChatAddress:
    """Return a place's chat and topic.

    Raises:
        DeliveryRefused: the place is not on Telegram.
    """
    try:
        chat_id, channel_id = int(place.space_id), int(place.channel_id)
    except ValueError:
        raise DeliveryRefused("this is no Telegram chat; look at the place of the message") from None
    return ChatAddress(chat_id, None if channel_id == chat_id else channel_id)


def address_of(message: OutgoingMessage) -> ChatAddress:
    """Return where a logical message goes.

    In groups it answers the person's message (a later face: her own text), so that everyone sees whom it is for; in
    a direct chat that is plain anyway.

    Raises:
        DeliveryRefused: the place is not on Telegram.
    """
    base = address_of_place(message.place)
    chat_id, topic = message.route.get("chat_id"), message.route.get("topic")
    if _is_id(chat_id):
        base = ChatAddress(chat_id, topic if _is_id(topic) else None)
    if message.place.kind == "direct":
        return base
    answered = message.after.get("message_id") if message.kind == "face" and message.after else None
    if not _is_id(answered):
        answered = message.route.get("message_id")
    return ChatAddress(base.chat_id, base.topic, answered if _is_id(answered) else None)


def _is_id(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
