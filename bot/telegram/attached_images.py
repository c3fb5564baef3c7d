"""The picture that a command came with, or that it replies to."""

from __future__ import annotations

import structlog
from telegram import Message
from telegram.error import TelegramError

from bot.telegram.failures import reason_of
from bot.telegram.library import TelegramBot

LARGEST_BYTES = 10 * 1024 * 1024

_log = structlog.get_logger(__name__)


def image_file_of(message: Message) -> tuple[str, int] | None:
    """Return the file id and size in bytes of the picture on a message (a photo's largest size), None for none."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return largest.file_id, largest.file_size or 0
    document = message.document
    if document is not None and (document.mime_type or "").startswith("image/"):
        return document.file_id, document.file_size or 0
    return None


async def attached_image(bot: TelegramBot, message: Message) -> bytes | None:
    """Fetch the picture of a command's message, else of the message it replies to; None when it cannot be had."""
    found = image_file_of(message)
    if found is None and message.reply_to_message is not None:
        found = image_file_of(message.reply_to_message)
    if found is None or found[1] > LARGEST_BYTES:
        return None
    try:
        file = await bot.get_file(found[0])
        return bytes(await file.download_as_bytearray())
    except TelegramError as error:
        _log.warning("telegram.picture_not_fetched", reason=reason_of(error))
        return None
