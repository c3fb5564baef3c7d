"""Button ids: an action and its values in one short text, so that a click works in any process, at any time."""

from __future__ import annotations

from bot.chat import LONGEST_BUTTON_ID_BYTES
from bot.errors import BotError


def button_id(action: str, *values: object) -> str:
    """Return the id `action:value:value`; only the last value may hold a colon.

    Raises:
        BotError: it is longer than the platforms allow.
    """
    made = ":".join([action, *map(str, values)])
    if len(made.encode()) > LONGEST_BUTTON_ID_BYTES:
        raise BotError(f"the button {action!r} has an id of more than {LONGEST_BUTTON_ID_BYTES} bytes; shorten it")
    return made


def read_button_id(text: str) -> tuple[str, str]:
    """Return the action and the rest of an id."""
    action, _, rest = text.partition(":")
    return action, rest
