"""Buttons as Discord shows them."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.chat import Button

LONGEST_LABEL = 80
MOST_BUTTONS = 25  # five rows of five
_STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "good": discord.ButtonStyle.success,
    "danger": discord.ButtonStyle.danger,
}


def view_of(buttons: Sequence[Button]) -> discord.ui.View | None:
    """Return the buttons as a view, None for none.

    The view is finished before it is sent: clicks are answered by what their ids say, so the library need not remember
    every message that ever had a button.
    """
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in buttons[:MOST_BUTTONS]:
        view.add_item(
            discord.ui.Button(label=button.label[:LONGEST_LABEL], custom_id=button.id, style=_STYLES[button.style])
        )
    view.stop()
    return view
