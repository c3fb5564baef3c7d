"""The intake: each update is read, and counts as taken when `take` returns, after the service committed it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

import structlog
from telegram import Chat, Message, Update

from bot.chat import FrontDesk
from bot.telegram.button_desk import ButtonDesk
from bot.telegram.command_desk import CommandDesk
from bot.telegram.command_line import parse_command
from bot.telegram.people_seen import PeopleSeen
from bot.telegram.reading import (
    Me,
    attachment_of,
    command_text_of,
    incoming,
    is_addressed,
    is_conversation,
    place_of,
    writer,
)

ALLOWED_UPDATES = ("message", "callback_query")  # edits, channel posts and reactions are not for her
_ALBUMS_KEPT = 256

_log = structlog.get_logger(__name__)


class Intake:
    """Hands updates to the front desk, one at a time, in the order of their arrival."""

    def __init__(
        self, front: FrontDesk, commands: CommandDesk, buttons: ButtonDesk, people: PeopleSeen, me: Me
    ) -> None:
        self._front = front
        self._commands = commands
        self._buttons = buttons
        self._people = people
        self._me = me
        self._lock = asyncio.Lock()
        self._albums: OrderedDict[tuple[int, str], int] = OrderedDict()

    async def take(self, update: Update) -> None:
        """Take one update; when this returns it is committed, or nothing that concerns her.

        Raises:
            Exception: the service could not commit it; the update must be handed over again.
        """
        if update.callback_query is not None:
            self._buttons.take(update.callback_query)
            return
        message = update.message
        if message is None or not is_conversation(message.chat):
            return
        async with self._lock:
            await self._take(message)

    async def _take(self, message: Message) -> None:
        if message.migrate_to_chat_id is not None:
            _log.info("telegram.group_migrated", old_chat=message.chat.id, new_chat=message.migrate_to_chat_id)
            return
        written = message.text or message.caption or ""
        line = parse_command(command_text_of(message)) if written.startswith("/") else None
        for_another_bot = (
            line is not None and line.bot is not None and line.bot.casefold() != self._me.username.casefold()
        )
        if for_another_bot:
            return
        user = writer(message)
        if user is None:
            if line is not None and _is_anonymous_administrator(message):
                await self._commands.tell_anonymous(message)
            return
        self._people.note(user)
        if line is not None:
            await self._commands.take(message, user, line, self._me)
            return
        attachment = attachment_of(message)
        if attachment is None or self._is_later_in_album(message):
            return
        if is_addressed(message, self._me) or await self._front.is_hers(place_of(message)):
            await self._front.take(incoming(message, user, self._me, attachment))

    def _is_later_in_album(self, message: Message) -> bool:
        """Tell whether a picture belongs to an album whose first one was seen: an album gets one answer."""
        if message.media_group_id is None:
            return False
        album = (message.chat.id, message.media_group_id)
        first = self._albums.setdefault(album, message.message_id)
        while len(self._albums) > _ALBUMS_KEPT:
            self._albums.popitem(last=False)
        return message.message_id != first


def _is_anonymous_administrator(message: Message) -> bool:
    sender = message.sender_chat
    return sender is not None and sender.id == message.chat.id and message.chat.type != Chat.PRIVATE
