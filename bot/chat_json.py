"""Places and authors as the plain JSON that inbox and outbox rows keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.chat import Author, Button, Place


def place_json(place: Place) -> dict[str, Any]:
    """Return a place as JSON values."""
    return asdict(place)


def author_json(author: Author) -> dict[str, Any]:
    """Return an author as JSON values."""
    return asdict(author)


def place_from(values: Mapping[str, Any]) -> Place:
    """Rebuild a place."""
    return Place(**values)


def author_from(values: Mapping[str, Any]) -> Author:
    """Rebuild an author."""
    return Author(**values)


def button_json(button: Button) -> dict[str, Any]:
    """Return a button as JSON values."""
    return asdict(button)


def button_from(values: Mapping[str, Any]) -> Button:
    """Rebuild a button."""
    return Button(**values)
