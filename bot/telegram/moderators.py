"""Who may moderate a group: its administrators, asked from Telegram and kept for a minute.

The list of administrators is asked for, not the one member: Telegram promises the latter only to bots that are
administrators themselves.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import structlog
from telegram.error import TelegramError

from bot.telegram.failures import reason_of
from bot.telegram.library import TelegramBot

KEPT_S = 60.0
_CHATS_KEPT = 4096

_log = structlog.get_logger(__name__)


class Moderators:
    """Answers whether an account administers a chat."""

    def __init__(self, bot: TelegramBot, monotonic: Callable[[], float]) -> None:
        self._bot = bot
        self._monotonic = monotonic
        self._known: OrderedDict[int, tuple[float, frozenset[int]]] = OrderedDict()

    async def may_moderate(self, chat_id: int, user_id: int) -> bool:
        """Tell whether the account owns or administers the chat; False where Telegram does not say."""
        known = self._known.get(chat_id)
        if known is not None and self._monotonic() - known[0] < KEPT_S:
            return user_id in known[1]
        try:
            members = await self._bot.get_chat_administrators(chat_id)
        except TelegramError as error:
            _log.warning("telegram.rights_unknown", reason=reason_of(error))
            return False
        administrators = frozenset(member.user.id for member in members)
        self._known.pop(chat_id, None)
        self._known[chat_id] = (self._monotonic(), administrators)
        while len(self._known) > _CHATS_KEPT:
            self._known.popitem(last=False)
        return user_id in administrators
