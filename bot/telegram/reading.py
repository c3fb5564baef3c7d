"""What an incoming Telegram message says: who wrote it, where, whether it is for her, and its words. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC

from telegram import Chat, Message, MessageEntity, User

from bot.chat import Attachment, Author, IncomingMessage, Place
from bot.telegram.utf16 import clean, replace_span, span

_VOICES = ("voice", "audio", "video_note")
_FILES = ("document", "video", "animation")


@dataclass(frozen=True, slots=True)
class Me:
    """Her own account."""

    id: int
    username: str


def writer(message: Message) -> User | None:
    """Return the person who wrote, or None for bots, channels, anonymous administrators and service accounts."""
    user = message.from_user
    if user is None or user.is_bot or message.sender_chat is not None or message.is_automatic_forward:
        return None
    return user


def is_conversation(chat: Chat) -> bool:
    """Tell whether people talk in this chat (a direct chat or a group, not a broadcast channel)."""
    return chat.type in (Chat.PRIVATE, Chat.GROUP, Chat.SUPERGROUP)


def place_of(message: Message) -> Place:
    """Return where a message was written; a topic is the channel of its group."""
    chat_id = str(message.chat.id)
    topic = topic_of(message)
    return Place(
        platform="telegram",
        space_id=chat_id,
        kind="direct" if message.chat.type == Chat.PRIVATE else "group",
        channel_id=chat_id if topic is None else str(topic),
        space_name=clean(message.chat.title or ""),
    )


def topic_of(message: Message) -> int | None:
    """Return the topic's id; plain reply threads have a thread id too, and are no topics."""
    return message.message_thread_id if message.is_topic_message else None


def author_of(user: User) -> Author:
    """Return the account that wrote."""
    return Author("telegram", str(user.id), clean(user.full_name), user.language_code)


def attachment_of(message: Message) -> Attachment | None:
    """Return what a message carries beside text, or None for a service message, which nobody wrote."""
    if message.sticker:
        return "sticker"
    if message.photo:
        return "image"
    if any(message[name] for name in _VOICES):
        return "voice"
    if any(message[name] for name in _FILES):
        return "file"
    if message.text is not None:
        return "none"
    return "other" if message.effective_attachment is not None else None


def is_addressed(message: Message, me: Me) -> bool:
    """Tell whether a message is for her by itself: in a direct chat, or by mention, or as a reply to her."""
    if message.chat.type == Chat.PRIVATE:
        return True
    return any(_names_her(message, entity, me) for entity in _entities(message)) or _answers_her(message, me)


def words_of(message: Message, me: Me) -> str:
    """Return the text or caption, without the mention of her."""
    text = _text(message)
    for entity in _last_first(_entities(message)):
        if _names_her(message, entity, me):
            before = replace_span(text, entity.offset, len(text) * 2, "").rstrip()
            after = replace_span(text, 0, entity.offset + entity.length, "").lstrip(" \t")
            text = f"{before} {after}" if before else after.lstrip(",:;!~ \t\n")
    return clean(text).strip()


def command_text_of(message: Message) -> str:
    """Return the text of a command with people mentioned by name written as `id:<account id>`."""
    text = _text(message)
    for entity in _last_first(_entities(message)):
        if entity.type == MessageEntity.TEXT_MENTION and entity.user is not None:
            text = replace_span(text, entity.offset, entity.length, f"id:{entity.user.id}")
    return clean(text).strip()


def replied_person(message: Message, me: Me) -> str | None:
    """Return the account id of the person whose message this one replies to, if it is a person."""
    replied = message.reply_to_message
    user = writer(replied) if replied is not None and replied.forum_topic_created is None else None
    return str(user.id) if user is not None and user.id != me.id else None


def incoming(message: Message, user: User, me: Me, attachment: Attachment) -> IncomingMessage:
    """Return a message as the service takes it."""
    return IncomingMessage(
        place=place_of(message),
        author=author_of(user),
        chat_id=str(message.chat.id),
        message_id=str(message.message_id),
        text=words_of(message, me),
        sent_at=message.date.astimezone(UTC),
        attachment=attachment,
        route={"chat_id": message.chat.id, "message_id": message.message_id, "topic": topic_of(message)},
    )


def _text(message: Message) -> str:
    return message.text or message.caption or ""


def _entities(message: Message) -> tuple[MessageEntity, ...]:
    return tuple(message.entities or message.caption_entities or ())


def _last_first(entities: Iterable[MessageEntity]) -> list[MessageEntity]:
    """Order entities so that replacing one moves none of those still to come."""
    return sorted(entities, key=lambda entity: entity.offset, reverse=True)


def _names_her(message: Message, entity: MessageEntity, me: Me) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.id
    if entity.type != MessageEntity.MENTION:
        return False
    return span(_text(message), entity.offset, entity.length).casefold() == f"@{me.username}".casefold()


def _answers_her(message: Message, me: Me) -> bool:
    replied = message.reply_to_message
    # Inside a topic every message "replies" to the service message that opened the topic.
    if replied is None or replied.forum_topic_created is not None:
        return False
    return replied.from_user is not None and replied.from_user.id == me.id
