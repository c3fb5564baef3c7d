"""What Discord's refusals mean for a message that should go out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from bot.chat import DeliveryDelayed, DeliveryRefused

RETRY_AFTER_S = 5.0
RETRY_AFTER_OUTAGE_S = 15.0
RETRY_AFTER_LOGIN_S = 60.0

NO_HISTORY_TO_REPLY = 160002
_SPENT_TOKEN = frozenset({10015, 10062, 50027})  # unknown webhook, unknown interaction, invalid webhook token
_NEVER = frozenset({400, 403, 404, 405, 413})
_REMEDIES = {
    10003: "the channel is gone",
    10008: "the message is gone",
    50001: "she cannot see the channel; give her View Channel there",
    50007: "the person takes no direct messages from her",
    50013: "she may not write there; give her Send Messages and Attach Files",
    160005: "the thread is locked",
}


@contextmanager
def as_delivery_errors() -> Iterator[None]:
    """Turn what discord.py raises into what the outbox understands.

    Raises:
        DeliveryRefused: Discord will never take the message (400, 403, 404, 413).
        DeliveryDelayed: Discord cannot take it now (5xx, rate limit, no connection).
    """
    try:
        yield
    except discord.RateLimited as error:
        raise DeliveryDelayed("Discord limits the rate; waiting", error.retry_after) from error
    except discord.HTTPException as error:
        if error.status in _NEVER:
            raise DeliveryRefused(_reason(error)) from error
        wait_s = RETRY_AFTER_LOGIN_S if error.status == 401 else RETRY_AFTER_OUTAGE_S
        raise DeliveryDelayed(f"Discord answers {error.status}; waiting", wait_s) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise DeliveryDelayed(f"Discord cannot be reached ({type(error).__name__}); waiting", RETRY_AFTER_S) from error


def is_spent_token(error: discord.HTTPException) -> bool:
    """Tell whether an interaction's token is no longer taken, so that the channel is the way left."""
    return error.code in _SPENT_TOKEN or error.status == 401


def _reason(error: discord.HTTPException) -> str:
    remedy = _REMEDIES.get(error.code, "check her permissions in the channel")
    return f"Discord refuses the message ({error.status}, code {error.code}): {remedy}"
