"""What the moderators of a space may set, and how the values are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.quiet_hours import read_hours

OFF = ("off", "none", "끄기")
IMAGE_SIZES_PX = {"small": 128, "normal": 256, "large": 512}


@dataclass(frozen=True, slots=True)
class SpaceSetting:
    """One setting: its values as shown, the value that applies while none is set, and how a value is read.

    `read` returns the value to keep (None unsets it) and whether the text was usable.
    """

    shown_values: str
    default: str
    read: Callable[[str, Sequence[str]], tuple[Any, bool]]


def _one_of(*values: str) -> Callable[[str, Sequence[str]], tuple[Any, bool]]:
    return lambda text, faces: (text, text in values)


def _switch(text: str, faces: Sequence[str]) -> tuple[Any, bool]:
    return text == "on", text in ("on", "off")


def _face(text: str, faces: Sequence[str]) -> tuple[Any, bool]:
    return (None, True) if text in OFF else (text, text in faces)


def _hours(text: str, faces: Sequence[str]) -> tuple[Any, bool]:
    hours = read_hours(text)
    return (None, True) if text in OFF else (hours, hours is not None)


SETTINGS: Mapping[str, SpaceSetting] = {
    "hers": SpaceSetting("on / off", "off", _switch),
    "moderators_channel": SpaceSetting("here / off", "off", _one_of("here", *OFF)),
    "block_scope": SpaceSetting("channel / server", "channel", _one_of("channel", "server")),
    "strictness": SpaceSetting("lenient / normal / strict", "normal", _one_of("lenient", "normal", "strict")),
    "shadow": SpaceSetting("on / off", "off", _switch),
    "language": SpaceSetting("ko / en", "-", _one_of("ko", "en")),
    "face": SpaceSetting("mini:1 / off", "-", _face),
    "image_size": SpaceSetting("small / normal / large", "normal", _one_of(*IMAGE_SIZES_PX)),
    "quiet_hours": SpaceSetting("23-7 / off", "off", _hours),
}


def shown(key: str, settings: Mapping[str, Any], channel_id: str) -> str:
    """Return a setting as moderators read it, seen from a channel."""
    value = settings.get(key)
    if key == "hers":
        return "on" if channel_id in (value or ()) else "off"
    if key == "moderators_channel":
        return "off" if value is None else "here" if value == channel_id else "on"
    if isinstance(value, bool):
        return "on" if value else "off"
    return SETTINGS[key].default if value is None else str(value)
