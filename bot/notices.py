"""The short service texts of a turn: too long, warned, blocked, still blocked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.texts import Texts
from engine.rules.sanctions import Sanction, length_text


def warning_text(texts: Texts, language: str, sanction: Sanction) -> str:
    """Name the categories and their levels, and what repeating may lead to."""
    return texts.get(language, "notice.warning", **_what(texts, language, sanction))


def block_text(
    texts: Texts, language: str, sanction: Sanction, *, until: datetime, zone: ZoneInfo, scope: str, appeal: str
) -> str:
    """Tell the categories, levels, length, end and scope of a new block, and whom to ask about it."""
    return texts.get(
        language,
        "notice.block",
        length=length_text(sanction.block_s, language),
        until=clock_text(until, zone),
        scope=texts.get(language, f"scope.{scope}"),
        appeal=texts.get(language, f"appeal.{appeal}"),
        **_what(texts, language, sanction),
    )


def blocked_text(
    texts: Texts, language: str, *, until: datetime, zone: ZoneInfo, scope: str, categories: Sequence[str]
) -> str:
    """Tell a blocked person until when, where and why."""
    return texts.get(
        language,
        "notice.blocked",
        until=clock_text(until, zone),
        scope=texts.get(language, f"scope.{scope}"),
        reason=", ".join(texts.get(language, f"reason.{category}") for category in categories),
    )


def clock_text(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as `YYYY.MM.DD HH:MM:SS` local time with the zone's short name."""
    return moment.astimezone(zone).strftime("%Y.%m.%d %H:%M:%S (%Z)")


def _what(texts: Texts, language: str, sanction: Sanction) -> dict[str, str]:
    return {
        "categories": ",".join(texts.get(language, f"category.{category}") for category in sanction.levels),
        "levels": ",".join(str(level) for level in sanction.levels.values()),
    }
