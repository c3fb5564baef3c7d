"""Changes a message that stands in a chat into an answer."""

from __future__ import annotations

import asyncio

from telegram import InputMediaPhoto, LinkPreviewOptions, Message
from telegram.error import BadRequest

from bot.chat import CommandAnswer
from bot.telegram.keyboards import keyboard_of
from bot.telegram.library import TelegramBot
from bot.telegram.steps import outgoing_text
from bot.telegram.utf16 import CAPTION_LIMIT, TEXT_LIMIT, utf16_length

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_UNCHANGED = "not modified"


class MessageEdits:
    """Edits messages of hers."""

    def __init__(self, bot: TelegramBot) -> None:
        self._bot = bot

    async def edit(self, message: Message, answer: CommandAnswer) -> bool:
        """Change a message into an answer; False where Telegram cannot, so that the answer must be sent anew.

        Raises:
            TelegramError: Telegram is not reachable or asks to wait.
        """
        text, has_picture = outgoing_text(answer.text), bool(message.photo)
        fits = utf16_length(text) <= (CAPTION_LIMIT if has_picture else TEXT_LIMIT)
        if answer.document is not None or not fits or (answer.picture is not None) != has_picture:
            return False
        try:
            if answer.picture is not None:
                content = await asyncio.to_thread(answer.picture.path.read_bytes)
                await self._bot.edit_message_media(
                    InputMediaPhoto(content, caption=text, filename="oh-lora.png"),
                    message.chat.id,
                    message.message_id,
                    reply_markup=keyboard_of(answer.buttons),
                )
            else:
                await self._bot.edit_message_text(
                    text,
                    message.chat.id,
                    message.message_id,
                    reply_markup=keyboard_of(answer.buttons),
                    link_preview_options=_NO_PREVIEW,
                )
        except BadRequest as error:
            return _UNCHANGED in error.message.lower()
        except OSError:
            return False
        return True
