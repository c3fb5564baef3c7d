"""A look at the channel: whether a message already stands there, sent by an earlier attempt.

Discord drops a second message with the same nonce for a few minutes. After a longer pause only the channel itself can
tell. Its history may carry the nonce; where it does not, a message of hers counts as the one when its text is the same
and it answers the same message or slash command.
"""

from __future__ import annotations

from collections.abc import Sequence

import discord
import structlog

from bot.discord.routes import Target
from bot.discord.splitting import piece_nonce

LOOKED_THROUGH = 200  # messages after the one that is answered

_log = structlog.get_logger(__name__)


async def find_sent(
    channel: discord.abc.Messageable, own_id: int, target: Target, nonce: str, pieces: Sequence[str]
) -> list[discord.Message | None]:
    """Return for each piece of a message the message of hers that already shows it, or None.

    Where the history may not be read, nothing is found; the nonce alone has to prevent a second showing then.
    """
    try:
        candidates = await _hers_since(channel, own_id, target.asked_by)
    except (discord.Forbidden, discord.NotFound):
        _log.info("the channel's history may not be read; relying on the nonce", channel_id=target.channel_id)
        return [None] * len(pieces)
    found: list[discord.Message | None] = []
    for index, text in enumerate(pieces):
        first = found[0] if found else None
        match = next((each for each in candidates if _is_piece(each, target, nonce, index, text, first)), None)
        found.append(match)
    return found


async def _hers_since(channel: discord.abc.Messageable, own_id: int, since: int | None) -> list[discord.Message]:
    if since is None:
        history = channel.history(limit=LOOKED_THROUGH)
    else:
        history = channel.history(limit=LOOKED_THROUGH, after=discord.Object(since), oldest_first=True)
    return [message async for message in history if message.author.id == own_id]


def _is_piece(
    message: discord.Message, target: Target, nonce: str, index: int, text: str, first: discord.Message | None
) -> bool:
    if message.nonce is not None and str(message.nonce) == piece_nonce(nonce, index):
        return True
    if message.content.strip() != text.strip():
        return False
    if index > 0:
        return first is not None and message.id > first.id
    if target.asked_by is None:
        # Nobody asked for it (an appeal, a decision): then it answers nothing either.
        return message.reference is None and message.interaction_metadata is None
    if target.reply_to is not None:
        return message.reference is not None and message.reference.message_id == target.reply_to
    asked = message.interaction_metadata
    return target.interaction_id is not None and asked is not None and asked.id == target.interaction_id
