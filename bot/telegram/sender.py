"""Sends steps to a chat: plain text, no markup, no link previews, pictures as photo, animation or file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog
from telegram import LinkPreviewOptions, Message
from telegram.error import BadRequest

from bot.chat import Picture
from bot.telegram.chat_address import ChatAddress
from bot.telegram.failures import reason_of
from bot.telegram.keyboards import keyboard_of
from bot.telegram.library import TelegramBot
from bot.telegram.steps import PictureStep, Step, TextStep

PHOTO_LIMIT_BYTES = 10 * 1024 * 1024  # Telegram's limit for photos; what is larger goes as a file
FILE_LIMIT_BYTES = 50 * 1024 * 1024
_ENDINGS = {"image/png": ".png", "image/webp": ".webp", "image/gif": ".gif", "video/mp4": ".mp4", "image/jpeg": ".jpg"}
_MOVING = frozenset({"video/mp4", "image/gif"})
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_log = structlog.get_logger(__name__)


class Sender:
    """Sends one step at a time."""

    def __init__(self, bot: TelegramBot) -> None:
        self._bot = bot

    async def send(self, step: Step, address: ChatAddress, *, patience: int = 0) -> int | None:
        """Send a step and return the id of the new message, or None where a bare picture was not allowed there.

        A caption whose picture is refused (no right to send media, unreadable picture) is sent as text. `patience`
        is how often a request to slow down is waited out here.

        Raises:
            TelegramError: Telegram did not take it.
        """
        if isinstance(step, TextStep):
            return await self._send_text(step, address, patience)
        content = await asyncio.to_thread(_content, step.picture)
        if content is not None:
            try:
                return await self._send_picture(step, content, address, patience)
            except BadRequest as error:
                _log.warning("telegram.picture_refused", reason=reason_of(error))
        if not step.caption:
            return None
        return await self._send_text(TextStep(step.caption, step.buttons), address, patience)

    async def send_file(self, name: str, content: bytes, address: ChatAddress, *, patience: int = 0) -> int:
        """Send a file and return the id of the new message.

        Raises:
            TelegramError: Telegram did not take it.
        """
        sent = await self._bot.send_document(
            address.chat_id,
            content,
            filename=name,
            message_thread_id=address.topic,
            reply_parameters=address.reply_parameters(),
            disable_content_type_detection=True,
            rate_limit_args=patience,
        )
        return sent.message_id

    async def _send_text(self, step: TextStep, address: ChatAddress, patience: int) -> int:
        sent = await self._bot.send_message(
            address.chat_id,
            step.text,
            reply_markup=keyboard_of(step.buttons),
            message_thread_id=address.topic,
            reply_parameters=address.reply_parameters(),
            link_preview_options=_NO_PREVIEW,
            rate_limit_args=patience,
        )
        return sent.message_id

    async def _send_picture(self, step: PictureStep, content: bytes, address: ChatAddress, patience: int) -> int:
        picture = step.picture
        name = "oh-lora" + _ENDINGS.get(picture.mime, picture.path.suffix or ".bin")
        caption = step.caption or None
        keyboard = keyboard_of(step.buttons)
        topic, reply = address.topic, address.reply_parameters()
        sent: Message
        if picture.mime in _MOVING:
            sent = await self._bot.send_animation(
                address.chat_id,
                content,
                width=picture.width_px,
                height=picture.height_px,
                caption=caption,
                reply_markup=keyboard,
                filename=name,
                message_thread_id=topic,
                reply_parameters=reply,
                rate_limit_args=patience,
            )
        elif len(content) <= PHOTO_LIMIT_BYTES:
            sent = await self._bot.send_photo(
                address.chat_id,
                content,
                caption=caption,
                reply_markup=keyboard,
                filename=name,
                message_thread_id=topic,
                reply_parameters=reply,
                rate_limit_args=patience,
            )
        else:
            sent = await self._bot.send_document(
                address.chat_id,
                content,
                caption=caption,
                reply_markup=keyboard,
                filename=name,
                message_thread_id=topic,
                reply_parameters=reply,
                rate_limit_args=patience,
            )
        return sent.message_id


def _content(picture: Picture) -> bytes | None:
    """Read a picture; None where it is gone or larger than Telegram takes."""
    path = Path(picture.path)
    try:
        if path.stat().st_size > FILE_LIMIT_BYTES:
            _log.warning("telegram.picture_too_large", limit_bytes=FILE_LIMIT_BYTES)
            return None
        return path.read_bytes()
    except OSError as error:
        _log.warning("telegram.picture_unreadable", error=type(error).__name__)
        return None
