"""Buttons as Telegram shows them: an inline keyboard below the message."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat import Button

MOST_IN_A_ROW = 4
WIDEST_ROW = 26  # characters that a narrow phone shows without cutting
_STYLES = {"primary": "primary", "good": "success", "danger": "danger"}


def keyboard_of(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """Return the buttons as a keyboard, None for none."""
    if not buttons:
        return None
    return InlineKeyboardMarkup([[_key(button) for button in row] for row in rows_of(buttons)])


def rows_of(buttons: Sequence[Button]) -> list[list[Button]]:
    """Put buttons into rows, in their order, so that their labels can be read on a phone."""
    rows: list[list[Button]] = []
    for button in buttons:
        fits = rows and len(rows[-1]) < MOST_IN_A_ROW and _width([*rows[-1], button]) <= WIDEST_ROW
        if fits:
            rows[-1].append(button)
        else:
            rows.append([button])
    return rows


def _width(row: Sequence[Button]) -> int:
    # Telegram makes all buttons of a row as wide as the widest.
    return len(row) * max(len(button.label) for button in row)


def _key(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(button.label, callback_data=button.id, style=_STYLES.get(button.style))
