"""From hits to warnings and blocks: escalation tables, levels folded from past events, and the block in force.

Tables and arithmetic: behaviour specification, sections 8 and 9. Fading and scopes are the service's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.turn_types import CATEGORIES, Category

Levels = Mapping[Category, int]
NO_LEVELS: Levels = {}

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_YEAR = 365 * _DAY
LONGEST_BLOCK_S = 1461 * _DAY
# Block length in seconds by level, from level 1; the last value stays for every higher level.
BLOCK_S: Mapping[Category, tuple[int, ...]] = {
    "love": (0, _HOUR, _DAY, 14 * _DAY, LONGEST_BLOCK_S),
    "politics": (0, 3 * _DAY, 7 * _DAY, 30 * _DAY, _YEAR),
    "paedrip": (7 * _DAY, 30 * _DAY, LONGEST_BLOCK_S),
    "hate": (_DAY, 7 * _DAY, 90 * _DAY, LONGEST_BLOCK_S),
}
FADE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Event:
    """One past hit of a person.

    `block_s` is the length of the sanction as it was served: shorter than pronounced when the block was lifted early.
    Overturned and shadow events count for nothing.
    """

    category: Category
    at: datetime  # aware
    block_s: int
    overturned: bool = False
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class Sanction:
    """What follows from one message: the new level of each category hit, and the length of the block."""

    block_s: int
    levels: Levels
    is_warning: bool  # hits, but nothing to serve


@dataclass(frozen=True, slots=True)
class Block:
    """One pronounced block; `channel_key` None: it holds in the whole space."""

    starts_at: datetime
    ends_at: datetime
    channel_key: str | None = None
    lifted: bool = False
    categories: tuple[Category, ...] = ()


def sanction(categories: Iterable[Category], levels: Levels) -> Sanction:
    """Return the sanction for the categories that a message hit, at the levels a person has so far."""
    hit = set(categories)
    raised: dict[Category, int] = {category: levels.get(category, 0) + 1 for category in CATEGORIES if category in hit}
    block_s = min(sum(block_length_s(category, level) for category, level in raised.items()), LONGEST_BLOCK_S)
    return Sanction(block_s=block_s, levels=raised, is_warning=bool(raised) and block_s == 0)


def block_length_s(category: Category, level: int) -> int:
    """Return the block length of a category at a level (1 and up), in seconds."""
    table = BLOCK_S[category]
    return table[min(level, len(table)) - 1]


def logged_levels(rows: Iterable[tuple[Category, int]]) -> Levels:
    """Return the highest level logged for each category: the published way, without fading."""
    levels: dict[Category, int] = {}
    for category, level in rows:
        levels[category] = max(level, levels.get(category, 0))
    return levels


def fold_levels(events: Iterable[Event], now: datetime, fade_days: int | None = FADE_DAYS) -> Levels:
    """Return the levels that stand now: one up for each event, one down for each clean period.

    A clean period is `fade_days` days after the last sanction of the category ended; None or 0: levels never fade.
    """
    levels: dict[Category, int] = {}
    clean_since: dict[Category, datetime] = {}
    for event in sorted(events, key=lambda event: event.at):
        if event.overturned or event.shadow or event.at > now:
            continue
        category, ends_at = event.category, event.at + timedelta(seconds=event.block_s)
        levels[category] = _faded(levels.get(category, 0), clean_since.get(category), event.at, fade_days) + 1
        clean_since[category] = max(ends_at, clean_since.get(category, ends_at))
    return {
        category: level
        for category in CATEGORIES
        if (level := _faded(levels.get(category, 0), clean_since.get(category), now, fade_days)) > 0
    }


def active_block(blocks: Sequence[Block], now: datetime, channel_key: str | None = None) -> Block | None:
    """Return the block that holds in a channel now, of several the one that ends last.

    `channel_key` None: every given block counts, whatever its scope.
    """
    active = [
        block
        for block in blocks
        if not block.lifted
        and block.starts_at <= now < block.ends_at
        and (channel_key is None or block.channel_key in (None, channel_key))
    ]
    return max(active, key=lambda block: block.ends_at, default=None)


def length_text(seconds: int, language: str) -> str:
    """Return a block length in words, rounded down to its largest unit, e.g. 7일 or "7 days"."""
    for unit_s, korean, english in ((_YEAR, "년", "year"), (_DAY, "일", "day"), (_HOUR, "시간", "hour")):
        if seconds >= unit_s:
            return _counted(seconds // unit_s, korean, english, language)
    return _counted(seconds // _MINUTE, "분", "minute", language)


def _faded(level: int, clean_since: datetime | None, now: datetime, fade_days: int | None) -> int:
    if not fade_days or clean_since is None or now <= clean_since:
        return level
    return max(0, level - (now - clean_since) // timedelta(days=fade_days))


def _counted(count: int, korean: str, english: str, language: str) -> str:
    if language == "ko":
        return f"{count}{korean}"
    return f"{count} {english}" if count == 1 else f"{count} {english}s"
