"""Reads the JSON bodies that the page sends, and nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

from bot.chat import LONGEST_BUTTON_ID_BYTES
from bot.web.desk import Look
from bot.web.refusal import Refusal

BODY_LIMIT_BYTES = 64 * 1024
PICTURE_LIMIT_BYTES = 10 * 1024 * 1024
TEXT_LIMIT_CHARACTERS = 20_000
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_MOTIONS: dict[str, Literal["still", "moving"]] = {"still": "still", "moving": "moving"}
_LANGUAGES: dict[str, Literal["ko", "en"]] = {"ko": "ko", "en": "en"}


@dataclass(frozen=True, slots=True)
class Said:
    """One message as the page sends it; `message_id` is the page's own and makes sending it again harmless."""

    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """One click on a button."""

    call_id: str
    button_id: str


async def read_object(request: web.Request) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        Refusal: the body is too large or no JSON object in UTF-8.
    """
    if request.content_type != "application/json":
        raise Refusal("not_json")
    try:
        data = json.loads((await request.read()).decode("utf-8"), parse_constant=_refuse_constant)
    except web.HTTPRequestEntityTooLarge:
        raise Refusal("too_large") from None
    except (ValueError, RecursionError):  # brackets nested a thousand deep are no object of ours either
        raise Refusal("not_json") from None
    if not isinstance(data, dict):
        raise Refusal("not_json")
    return data


async def read_picture(request: web.Request) -> bytes:
    """Read an uploaded file as it is.

    Raises:
        Refusal: there is none, or it is too large.
    """
    parts: list[bytes] = []
    left = PICTURE_LIMIT_BYTES
    async for part in request.content.iter_chunked(BODY_LIMIT_BYTES):
        left -= len(part)
        if left < 0:
            raise Refusal("too_large")
        parts.append(part)
    if not parts:
        raise Refusal("unusable")
    return b"".join(parts)


def call_id_from(value: object) -> str:
    """Read the page's own id of a request.

    Raises:
        Refusal: it is none.
    """
    if not isinstance(value, str) or _MESSAGE_ID.fullmatch(value) is None:
        raise Refusal("unusable")
    return value


def said_from(data: dict[str, Any]) -> Said:
    """Read a message.

    Raises:
        Refusal: it lacks its id or text, the text is too long, or holds what is no character.
    """
    message_id, text = call_id_from(data.get("id")), data.get("text")
    if not isinstance(text, str):
        raise Refusal("unusable")
    if len(text) > TEXT_LIMIT_CHARACTERS:
        raise Refusal("too_large")
    if not _is_text(text):
        raise Refusal("unusable")
    return Said(message_id, text)


def pressed_from(data: dict[str, Any]) -> Pressed:
    """Read a click.

    Raises:
        Refusal: it lacks its id or names no button.
    """
    call_id, button_id = call_id_from(data.get("id")), data.get("button")
    if not isinstance(button_id, str):
        raise Refusal("unusable")
    if not _is_text(button_id) or not 0 < len(button_id.encode()) <= LONGEST_BUTTON_ID_BYTES:
        raise Refusal("unusable")
    return Pressed(call_id, button_id)


def look_from(data: dict[str, Any]) -> Look:
    """Read a look; the desk checks its face and ranges.

    Raises:
        Refusal: something is missing or of another type.
    """
    face_id, cycling = data.get("face"), data.get("cycling")
    motion, language = data.get("motion"), data.get("language")
    if not isinstance(face_id, str) or not isinstance(cycling, bool):
        raise Refusal("unusable")
    if not isinstance(motion, str) or motion not in _MOTIONS:
        raise Refusal("unusable")
    if not isinstance(language, str) or language not in _LANGUAGES:
        raise Refusal("unusable")
    hue, height, gradient = (_number(data.get(name)) for name in ("hue", "height", "gradient"))
    return Look(face_id, cycling, hue, height, gradient, _MOTIONS[motion], _LANGUAGES[language])


def look_json(look: Look) -> dict[str, Any]:
    """Write a look as the page reads it."""
    return {
        "face": look.face_id,
        "cycling": look.cycling,
        "hue": look.hue,
        "height": look.height,
        "gradient": look.gradient,
        "motion": look.motion,
        "language": look.language,
    }


def _is_text(text: str) -> bool:
    """Tell whether a database can keep it: JSON may hold halves of characters and NUL."""
    return "\0" not in text and not any(0xD800 <= ord(character) <= 0xDFFF for character in text)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e6 < value < 1e6:
        raise Refusal("unusable")
    return float(value)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON
