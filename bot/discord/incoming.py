"""A Discord message as the service takes it: who wrote what, where, and whether it is for her."""

from __future__ import annotations

import discord

from bot.chat import Attachment, Author, FrontDesk, IncomingMessage, Place
from bot.discord.plain_text import Names, plain_text
from bot.discord.routes import message_route

_WRITTEN_BY_PEOPLE = (discord.MessageType.default, discord.MessageType.reply)


def is_from_a_person(message: discord.Message, own_id: int) -> bool:
    """Tell whether a person wrote this: not she, no bot, no webhook, no notice of Discord."""
    author = message.author
    if author.id == own_id or author.bot or author.system or message.webhook_id is not None:
        return False
    return message.type in _WRITTEN_BY_PEOPLE


def speaks_to_her(message: discord.Message, own_id: int) -> bool:
    """Tell whether a message is for her by itself: a direct message, a mention, or a reply to her."""
    if guild_id_of(message) is None:
        return True
    if any(user.id == own_id for user in message.mentions):
        return True
    replied_to = message.reference.resolved if message.reference else None
    return isinstance(replied_to, discord.Message) and replied_to.author.id == own_id


async def is_for_her(message: discord.Message, own_id: int, front: FrontDesk, *, hears_all: bool) -> bool:
    """Tell whether a message is for her, be it because its channel (or the channel of its thread) is hers."""
    if speaks_to_her(message, own_id):
        return True
    if not hears_all:
        return False
    place = place_of(message)
    if await front.is_hers(place):
        return True
    parent_id = getattr(message.channel, "parent_id", None)
    if parent_id is None:
        return False
    return await front.is_hers(Place("discord", place.space_id, place.kind, str(parent_id), place.space_name))


def guild_id_of(message: discord.Message) -> int | None:
    """Return the server of a message; None in a direct chat."""
    if message.guild is not None:
        return message.guild.id
    return message.channel.guild_id if isinstance(message.channel, discord.PartialMessageable) else None


def place_of(message: discord.Message) -> Place:
    """Return where a message was written."""
    guild_id, channel_id = guild_id_of(message), str(message.channel.id)
    if guild_id is None:
        return Place("discord", channel_id, "direct", channel_id)
    return Place("discord", str(guild_id), "server", channel_id, message.guild.name if message.guild else "")


def author_of(user: discord.User | discord.Member, language: str | None = None) -> Author:
    """Return the account that wrote."""
    return Author("discord", str(user.id), user.display_name, language)


def incoming_message(message: discord.Message, own_id: int) -> IncomingMessage:
    """Return a message that is for her as the service takes it."""
    names = Names(
        users={user.id: user.display_name for user in message.mentions},
        roles={role.id: role.name for role in message.role_mentions},
        channels={channel.id: channel.name for channel in message.channel_mentions},
    )
    return IncomingMessage(
        place=place_of(message),
        author=author_of(message.author),
        chat_id=str(message.channel.id),
        message_id=str(message.id),
        text=plain_text(message.content, own_id, names),
        sent_at=message.created_at,
        attachment=attachment_of(message),
        route=message_route(message.channel.id, message.id),
    )


def attachment_of(message: discord.Message) -> Attachment:
    """Return what kind of thing hangs on a message."""
    if message.stickers:
        return "sticker"
    if message.attachments:
        first = message.attachments[0]
        kind = (first.content_type or "").partition("/")[0]
        if first.is_voice_message() or kind == "audio":
            return "voice"
        return "image" if kind == "image" else "file"
    if message.embeds or message.poll or message.message_snapshots:
        return "none" if message.content else "other"
    return "none"
