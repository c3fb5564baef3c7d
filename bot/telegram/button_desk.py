"""Clicks on buttons: carried out by the service, shown in place, as an alert, or in the direct chat.

A click is not noted before it is carried out: every button does the same when it is pressed twice.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog
from telegram import CallbackQuery, Chat, MaybeInaccessibleMessage, Message
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.chat import Author, ButtonCall, CommandAnswer, FrontDesk, Place
from bot.telegram.chat_address import ChatAddress
from bot.telegram.failures import reason_of
from bot.telegram.library import TelegramBot
from bot.telegram.message_edits import MessageEdits
from bot.telegram.moderators import Moderators
from bot.telegram.reading import author_of, place_of, topic_of
from bot.telegram.sender import Sender
from bot.telegram.steps import outgoing_text, steps_for
from bot.telegram.utf16 import clean, utf16_length
from bot.texts import Texts

LONGEST_ALERT = 200  # UTF-16 units
_PATIENCE = 2

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ClickRights:
    """What Telegram says of the rights of who clicked, in whatever group the button is about."""

    moderators: Moderators
    user_id: int

    async def may_moderate(self, space_id: str) -> bool:
        """Ask whether the account administers the group."""
        try:
            chat_id = int(space_id)
        except ValueError:
            return False
        return await self.moderators.may_moderate(chat_id, self.user_id)


class ButtonDesk:
    """Carries clicks out through the front desk."""

    def __init__(
        self, bot: TelegramBot, front: FrontDesk, texts: Texts, sender: Sender, moderators: Moderators
    ) -> None:
        self._bot = bot
        self._front = front
        self._texts = texts
        self._sender = sender
        self._edits = MessageEdits(bot)
        self._moderators = moderators
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, query: CallbackQuery) -> None:
        """Start to carry out a click beside the intake of other updates."""
        task = asyncio.create_task(self._guarded(query), name="telegram.click")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self, grace_s: float) -> None:
        """Wait for clicks in hand, at most `grace_s` seconds, then drop them."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=grace_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _guarded(self, query: CallbackQuery) -> None:
        try:
            await self._carry_out(query)
        except TelegramError as error:
            _log.warning("telegram.click_not_answered", reason=reason_of(error))
        except Exception as error:
            _log.error("telegram.click_failed", error=type(error).__name__)

    async def _carry_out(self, query: CallbackQuery) -> None:
        message = query.message
        if message is None or query.data is None or query.from_user.is_bot:
            return
        place, author = place_of_clicked(message), author_of(query.from_user)
        call = ButtonCall(
            place=place,
            author=author,
            call_id=query.id,
            button_id=query.data,
            rights=ClickRights(self._moderators, query.from_user.id),
            called_at=datetime.now(UTC),
        )
        answer = await self._front.click(call)
        if answer.in_place and not has_button(message, query.data):
            answer = replace(answer, in_place=False)
        alert = await self._show(answer, message, author, await self._front.language(author, place))
        try:
            await self._bot.answer_callback_query(query.id, alert, show_alert=alert is not None)
        except BadRequest as error:  # Telegram waits some seconds only; the answer itself is shown
            _log.info("telegram.click_too_late", reason=reason_of(error))

    async def _show(
        self, answer: CommandAnswer, message: MaybeInaccessibleMessage, author: Author, language: str
    ) -> str | None:
        """Show an answer; return what the click itself shall say."""
        if answer.in_place and isinstance(message, Message) and await self._edits.edit(message, answer):
            return None
        if message.chat.type == Chat.PRIVATE:
            await self._send(answer, ChatAddress(message.chat.id))
            return None
        text = outgoing_text(answer.text)
        bare = not (answer.buttons or answer.picture or answer.document)
        if answer.private and bare and utf16_length(text) <= LONGEST_ALERT:
            return text
        if not answer.private:
            topic = topic_of(message) if isinstance(message, Message) else None
            await self._send(answer, ChatAddress(message.chat.id, topic))
            return None
        try:
            await self._send(answer, ChatAddress(int(author.account_id)))
        except (Forbidden, BadRequest):
            return self._texts.get(language, "telegram.start_first")
        return self._texts.get(language, "telegram.sent_privately")

    async def _send(self, answer: CommandAnswer, address: ChatAddress) -> None:
        for step in steps_for(answer.text, answer.picture, answer.buttons):
            await self._sender.send(step, address, patience=_PATIENCE)
        if answer.document is not None:
            name, content = answer.document
            await self._sender.send_file(name, content, address, patience=_PATIENCE)


def has_button(message: MaybeInaccessibleMessage, data: str) -> bool:
    """Tell whether a message has a button; a changed client can send any data, and must not rewrite any message."""
    if not isinstance(message, Message) or message.reply_markup is None:
        return False
    return any(key.callback_data == data for row in message.reply_markup.inline_keyboard for key in row)


def place_of_clicked(message: MaybeInaccessibleMessage) -> Place:
    """Return where a clicked message stands; of one that is too old Telegram tells the chat alone."""
    if isinstance(message, Message):
        return place_of(message)
    chat_id, title = str(message.chat.id), clean(message.chat.title or "")
    return Place("telegram", chat_id, "direct" if message.chat.type == Chat.PRIVATE else "group", chat_id, title)
