"""Answers to commands: in place, or in the caller's direct chat when only the caller may see them."""

from __future__ import annotations

from telegram import Chat, Message
from telegram.error import BadRequest, Forbidden

from bot.chat import Author, CommandAnswer
from bot.telegram.chat_address import ChatAddress
from bot.telegram.reading import topic_of
from bot.telegram.sender import Sender
from bot.telegram.steps import TextStep, steps_for
from bot.texts import Texts

_PATIENCE = 2


class Answers:
    """Sends command answers."""

    def __init__(self, sender: Sender, texts: Texts) -> None:
        self._sender = sender
        self._texts = texts

    async def send(self, answer: CommandAnswer, asked: Message, author: Author, language: str) -> None:
        """Answer a command; a private answer to a command in a group goes to the caller's direct chat.

        Telegram lets a bot write to a person only after the person pressed Start: where it does not, the group shows
        how to do that, and nothing of the answer.

        Raises:
            TelegramError: Telegram did not take it.
        """
        in_direct_chat = asked.chat.type == Chat.PRIVATE
        here = ChatAddress(asked.chat.id, topic_of(asked), None if in_direct_chat else asked.message_id)
        if in_direct_chat or not answer.private:
            await self._send_all(answer, here)
            return
        try:
            await self._send_all(answer, ChatAddress(int(author.account_id)))
            note = "telegram.sent_privately"
        except (Forbidden, BadRequest):
            note = "telegram.start_first"
        await self._sender.send(TextStep(self._texts.get(language, note)), here, patience=_PATIENCE)

    async def _send_all(self, answer: CommandAnswer, address: ChatAddress) -> None:
        for step in steps_for(answer.text, answer.picture, answer.buttons):
            await self._sender.send(step, address, patience=_PATIENCE)
        if answer.document is not None:
            name, content = answer.document
            await self._sender.send_file(name, content, address, patience=_PATIENCE)
