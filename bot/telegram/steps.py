"""The Telegram messages that one logical message becomes. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.chat import Button, OutgoingMessage, Picture
from bot.telegram.utf16 import CAPTION_LIMIT, clean, split_text, utf16_length, without_pings


@dataclass(frozen=True, slots=True)
class TextStep:
    """One text message of 1..4096 UTF-16 units."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class PictureStep:
    """One picture with a caption of 0..1024 UTF-16 units."""

    picture: Picture
    caption: str = ""
    buttons: tuple[Button, ...] = ()


Step = TextStep | PictureStep


def steps_of(message: OutgoingMessage) -> tuple[Step, ...]:
    """Return what to send, in order: picture with caption when the text fits, else the text and then the picture."""
    picture = None if message.kind == "text" else message.picture
    return steps_for("" if message.kind == "face" else message.text, picture, message.buttons)


def steps_for(text: str, picture: Picture | None, buttons: tuple[Button, ...] = ()) -> tuple[Step, ...]:
    """Return what to send for a text and a picture, each of which may be missing; buttons go below the last."""
    steps = _steps(text, picture)
    return (*steps[:-1], replace(steps[-1], buttons=buttons)) if steps and buttons else steps


def _steps(text: str, picture: Picture | None) -> tuple[Step, ...]:
    shown = outgoing_text(text)
    if picture is None:
        return tuple(TextStep(part) for part in split_text(shown))
    if utf16_length(shown) <= CAPTION_LIMIT:
        return (PictureStep(picture, shown),)
    return (*(TextStep(part) for part in split_text(shown)), PictureStep(picture))


def outgoing_text(text: str) -> str:
    """Return the text as it may be sent: valid Unicode, no pings, no blank ends."""
    return without_pings(clean(text)).strip()
