"""Handing a message to the service until it is safely in the inbox."""

from __future__ import annotations

import asyncio

import structlog

from bot.chat import FrontDesk, IncomingMessage, Taken
from bot.discord.traces import trace_of

PAUSES_S = (0.5, 1.0, 2.0)

_log = structlog.get_logger(__name__)


async def take_safely(front: FrontDesk, message: IncomingMessage) -> Taken | None:
    """Hand a message over, again after short pauses if the inbox fails; None when it could not be taken."""
    for pause_s in (*PAUSES_S, None):
        try:
            return await front.take(message)
        except Exception as error:
            # Whatever fails in there, the message must not be lost over it.
            _log.warning("the inbox did not take a message", message_id=message.message_id, error=trace_of(error))
            if pause_s is not None:
                await asyncio.sleep(pause_s)
    return None
