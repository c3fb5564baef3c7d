"""The picture that came with a slash command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
import discord
import structlog
from discord.http import HTTPClient

from bot.chat import CommandSpec

LARGEST_BYTES = 10 * 1024 * 1024

_log = structlog.get_logger(__name__)


async def attached_image(http: HTTPClient, interaction: discord.Interaction[Any], spec: CommandSpec) -> bytes | None:
    """Fetch the picture given for a command's image parameter; None when there is none or it cannot be had."""
    data: Mapping[str, Any] = interaction.data or {}
    names = {parameter.name for parameter in spec.parameters if parameter.kind == "image"}
    given = next((option.get("value") for option in data.get("options", ()) if option.get("name") in names), None)
    attachment = data.get("resolved", {}).get("attachments", {}).get(str(given))
    if attachment is None or int(attachment.get("size", 0)) > LARGEST_BYTES:
        return None
    try:
        return await http.get_from_cdn(str(attachment["url"]))
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
        _log.warning("an attached picture could not be fetched", error=type(error).__name__)
        return None
