"""The library's own log lines, without message texts and tokens.

At DEBUG discord.py writes whole requests and gateway events; its warnings name the address of a request, and an
interaction's address contains its token.
"""

from __future__ import annotations

import logging
import re

_LOGGERS = (
    "discord.client",
    "discord.gateway",
    "discord.http",
    "discord.shard",
    "discord.state",
    "discord.webhook.async_",
    "discord.interactions",
)
_TOKEN_IN_ADDRESS = re.compile(r"(/(?:interactions|webhooks)/[^/\s]+/)[^/?\s'\"]+")


class _WithoutTokens(logging.Filter):
    """Drops the library's debug lines and blots out tokens in the others."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line may be written; tokens in it are replaced."""
        if record.levelno < logging.INFO:
            return False
        written = record.getMessage()
        clean = _TOKEN_IN_ADDRESS.sub(r"\1…", written)
        if clean != written:
            record.msg, record.args = clean, ()
        return True


_WITHOUT_TOKENS = _WithoutTokens()


def quiet_library_logs() -> None:
    """Keep texts and tokens out of the log lines of discord.py; doing it twice changes nothing."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_WITHOUT_TOKENS)
