"""What a person wrote, with Discord's markup of names turned into words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_MARKUP = re.compile(
    r"<(?:@!?(?P<user>\d+)|@&(?P<role>\d+)|#(?P<channel>\d+)|a?:(?P<emoji>\w+):\d+|/(?P<command>[^:<>]+):\d+)>"
)


@dataclass(frozen=True, slots=True)
class Names:
    """The names behind the ids in a message."""

    users: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)


def plain_text(content: str, own_id: int, names: Names) -> str:
    """Strip the mentions of her and write every other mention, custom emoji and command as its plain name.

    An id without a known name disappears: a bare number would mean nothing to her.
    """
    without_her = re.sub(rf"\s*<@!?{own_id}>\s*", " ", content)
    return _MARKUP.sub(lambda found: _name(found, names), without_her).strip()


def _name(found: re.Match[str], names: Names) -> str:
    if found["user"]:
        return names.users.get(int(found["user"]), "")
    if found["role"]:
        return names.roles.get(int(found["role"]), "")
    if found["channel"]:
        name = names.channels.get(int(found["channel"]))
        return f"#{name}" if name else ""
    if found["emoji"]:
        return f":{found['emoji']}:"
    return f"/{found['command']}"
