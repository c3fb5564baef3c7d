"""Long lists in pages, with buttons that turn them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from bot.button_ids import button_id
from bot.chat import Button

Item = TypeVar("Item")
PER_PAGE = 10


def page_of(items: Sequence[Item], page: int, per_page: int = PER_PAGE) -> tuple[Sequence[Item], int, int]:
    """Return the items of a page, the page (the last one when there are fewer) and how many pages there are."""
    pages = max(1, -(-len(items) // per_page))
    page = min(max(page, 0), pages - 1)
    return items[page * per_page : (page + 1) * per_page], page, pages


def turning_buttons(action: str, value: object, page: int, pages: int) -> tuple[Button, ...]:
    """Return the buttons to the pages before and after; their ids are `action:value:page`."""
    around = ((page - 1, "◀"), (page + 1, "▶"))
    return tuple(Button(button_id(action, value, to), sign) for to, sign in around if 0 <= to < pages)


def last_number(value: str) -> int:
    """Return the number at the end of a button's value, 0 where there is none."""
    number = value.rpartition(":")[2]
    return int(number) if number.isdigit() and len(number) < 10 else 0
