"""The rights she needs in a server, and the rights that make a person a moderator."""

from __future__ import annotations

import discord

NEEDED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    read_message_history=True,
)
_NAMES = {
    "view_channel": "View Channels",
    "read_messages": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}


def missing_rights(granted: discord.Permissions) -> list[str]:
    """Return the names, as Discord shows them, of the needed rights that are not granted."""
    if granted.administrator:
        return []
    absent = discord.Permissions(NEEDED.value & ~granted.value)
    return [_NAMES[name] for name, is_absent in absent if is_absent]


def is_moderator(granted: discord.Permissions) -> bool:
    """Tell whether a member may moderate: Manage Server or Moderate Members, or everything."""
    return granted.administrator or granted.manage_guild or granted.moderate_members


def invite_url(application_id: int) -> str:
    """Return the address where a server's owner adds her with the rights she needs."""
    return discord.utils.oauth_url(application_id, permissions=NEEDED, scopes=("bot", "applications.commands"))
