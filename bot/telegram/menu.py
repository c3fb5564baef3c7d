"""The command menu: people see their commands, administrators of groups all of them; written only when it changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import structlog
from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from bot.chat import CommandSpec, FrontDesk
from bot.telegram.failures import reason_of
from bot.telegram.library import TelegramBot
from bot.texts import LANGUAGES, Texts

STATE_KEY = "telegram.menu"
_DESCRIPTION_LIMIT = 256
_PATIENCE = 3

_log = structlog.get_logger(__name__)


class Menu:
    """Keeps Telegram's command menu as the service's commands are."""

    def __init__(self, bot: TelegramBot, front: FrontDesk, texts: Texts, default_language: str) -> None:
        self._bot = bot
        self._front = front
        self._texts = texts
        self._default_language = default_language

    async def sync(self) -> None:
        """Write the menu to Telegram when it differs from what was written last; failures are logged, not raised."""
        lists = self._lists()
        digest = hashlib.sha256(
            json.dumps([self._bot.id, *((scope, code, rows) for scope, code, rows in lists)]).encode()
        ).hexdigest()
        kept = await self._front.state(STATE_KEY) or {}
        if kept.get("sha256") == digest:
            return
        try:
            for scope, code, rows in lists:
                await self._bot.set_my_commands(
                    [BotCommand(name, description) for name, description in rows],
                    scope=_SCOPES[scope],
                    language_code=code,
                    rate_limit_args=_PATIENCE,
                )
        except TelegramError as error:
            _log.warning("telegram.menu_not_written", reason=reason_of(error))
            return
        await self._front.save_state(STATE_KEY, {"sha256": digest})

    def _lists(self) -> list[tuple[str, str | None, list[tuple[str, str]]]]:
        """Return (scope, language code, (name, description) rows) for each menu there is."""
        specs = self._front.commands()
        public = [spec for spec in specs if not spec.moderators_only]
        languages: tuple[tuple[str | None, str], ...] = (
            (None, self._default_language),
            *((language, language) for language in LANGUAGES),
        )
        return [
            (scope, code, self._rows(specs if scope == "administrators" else public, language))
            for scope in _SCOPES
            for code, language in languages
            if specs
        ]

    def _rows(self, specs: Sequence[CommandSpec], language: str) -> list[tuple[str, str]]:
        return [(spec.name, self._texts.get(language, f"command.{spec.name}")[:_DESCRIPTION_LIMIT]) for spec in specs]


_SCOPES: dict[str, BotCommandScope] = {
    "private": BotCommandScopeAllPrivateChats(),
    "groups": BotCommandScopeAllGroupChats(),
    "administrators": BotCommandScopeAllChatAdministrators(),
}
