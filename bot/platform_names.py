"""Names that storage keeps as plain text, read back as the ones the adapters know."""

from __future__ import annotations

from typing import get_args

from bot.chat import PlatformName, SpaceKind
from bot.errors import BotError

PLATFORMS: dict[str, PlatformName] = {name: name for name in get_args(PlatformName)}
KINDS: dict[str, SpaceKind] = {name: name for name in get_args(SpaceKind)}


def platform_named(name: str) -> PlatformName:
    """Return a platform by its name.

    Raises:
        BotError: there is none of that name.
    """
    if name not in PLATFORMS:
        raise BotError(f"there is no platform {name!r}; choose one of {', '.join(PLATFORMS)}")
    return PLATFORMS[name]


def space_kind(name: str) -> SpaceKind:
    """Return a kind of space by its name.

    Raises:
        BotError: there is none of that name.
    """
    if name not in KINDS:
        raise BotError(f"there is no kind of space {name!r}; choose one of {', '.join(KINDS)}")
    return KINDS[name]
