"""Which platforms the settings name, and their adapters."""

from __future__ import annotations

from bot.app import Parts
from bot.chat import ChatAdapter
from bot.clock import utc_now
from bot.secret_key import secret_key


def configured_adapters(parts: Parts) -> tuple[ChatAdapter, ...]:
    """Build the adapter of every platform that is configured; a platform's library is loaded only when it is used."""
    settings = parts.settings
    adapters: list[ChatAdapter] = []
    if settings.discord_token is not None:
        from bot.discord.adapter import DiscordAdapter

        adapters.append(DiscordAdapter(settings, parts.desk, parts.texts, secret=secret_key(settings), now=utc_now))
    if settings.telegram_token is not None:
        from bot.telegram.adapter import TelegramAdapter

        adapters.append(TelegramAdapter(settings, parts.desk, parts.texts))
    if settings.web_enabled:
        from bot.web.adapter import WebAdapter

        adapters.append(WebAdapter(settings, parts.desk, parts.texts))
    return tuple(adapters)
