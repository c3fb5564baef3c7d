"""The short service texts of a turn: too long, warned, blocked, still blocked. All that a person needs to see why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.blocks import scope_of
from bot.button_ids import button_id
from bot.chat import Button, SpaceKind
from bot.platform_names import space_kind
from bot.texts import Language, Texts
from engine.rules.sanctions import Sanction, block_length_s, length_text
from engine.turn_types import CATEGORIES, SEVERE
from storage.records import SanctionRecord, SpaceRecord


@dataclass(frozen=True, slots=True)
class Speech:
    """How to talk to the person: texts, language, time zone."""

    texts: Texts
    language: Language
    zone: ZoneInfo

    def text(self, key: str, /, **values: object) -> str:
        """Return the text of `key` in the person's language."""
        return self.texts.get(self.language, key, **values)


@dataclass(frozen=True, slots=True)
class Notice:
    """A service text with what may be clicked below it."""

    text: str
    buttons: tuple[Button, ...] = ()


def warning_notice(
    speech: Speech, given: Sanction, record: SanctionRecord, *, kind: SpaceKind, fade_days: int
) -> Notice:
    """Name the categories with their rules and levels, what repeating leads to, and how to appeal."""
    lines = [
        speech.text(
            "notice.warning",
            categories=_categories(speech, tuple(given.levels)),
            levels=_levels(given),
            scope=speech.text(f"scope.{scope_of(kind, record.channel_key)}"),
        ),
        *_rules(speech, tuple(given.levels)),
        speech.text("notice.warning_next", length=_next_length(speech, given)),
    ]
    if fade_days:
        lines.append(speech.text("notice.fading", days=fade_days))
    lines.append(_how_to_appeal(speech, kind))
    return Notice("\n".join(lines), appeal_buttons(speech, record))


def block_notice(speech: Speech, given: Sanction, record: SanctionRecord, *, kind: SpaceKind) -> Notice:
    """Tell the categories with their rules, levels, length, end and scope of a new block, and how to appeal."""
    lines = [
        speech.text(
            "notice.block",
            categories=_categories(speech, tuple(given.levels)),
            levels=_levels(given),
            length=length_text(given.block_s, speech.language),
            until=clock_text(record.ends_at, speech.zone),
            scope=speech.text(f"scope.{scope_of(kind, record.channel_key)}"),
        ),
        *_rules(speech, tuple(given.levels)),
        _how_to_appeal(speech, kind),
    ]
    return Notice("\n".join(lines), appeal_buttons(speech, record))


def blocked_notice(speech: Speech, block: SanctionRecord, *, kind: SpaceKind) -> Notice:
    """Tell a blocked person until when, where and why, and how to appeal."""
    lines = [
        speech.text(
            "notice.blocked",
            until=clock_text(block.ends_at, speech.zone),
            scope=speech.text(f"scope.{scope_of(kind, block.channel_key)}"),
            reason=", ".join(speech.text(f"reason.{category}") for category in block.categories),
        )
    ]
    if block.turn_id is None and block.reason:
        lines.append(speech.text("notice.moderators_reason", reason=block.reason))
    lines.append(_how_to_appeal(speech, kind))
    return Notice("\n".join(lines), appeal_buttons(speech, block))


def appeal_buttons(speech: Speech, record: SanctionRecord) -> tuple[Button, ...]:
    """Return the button that appeals against a sanction."""
    return (Button(button_id("appeal", record.id), speech.text("button.appeal")),)


def where_text(speech: Speech, space: SpaceRecord, channel_key: str | None) -> str:
    """Name where a sanction holds to somebody who may be reading it elsewhere."""
    kind = space_kind(space.kind)
    if kind == "direct" or channel_key is None:
        return speech.text(f"scope.{scope_of(kind, channel_key)}")
    if space.platform == "discord":
        return f"<#{channel_key}>"  # Discord shows the channel's name
    if channel_key == space.space_key:
        return speech.text("scope.group")
    key = "scope.topic" if space.platform == "telegram" else "scope.named"
    return speech.text(key, id=channel_key, channel=channel_key)


def clock_text(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as `YYYY.MM.DD HH:MM:SS` local time with the zone's short name."""
    return moment.astimezone(zone).strftime("%Y.%m.%d %H:%M:%S (%Z)")


def _rules(speech: Speech, categories: Sequence[str]) -> list[str]:
    lines = [speech.text("notice.rule", rule=speech.text(f"rule.{category}")) for category in categories]
    severe = [category for category in categories if category in SEVERE]
    if severe:
        # Somebody without a single warning who is blocked at once must see why.
        lines.append(speech.text("notice.severe", categories=_categories(speech, severe)))
    return lines


def _categories(speech: Speech, categories: Sequence[str]) -> str:
    return ",".join(speech.text(f"category.{category}") for category in categories)


def _levels(given: Sanction) -> str:
    return ",".join(str(level) for level in given.levels.values())


def _next_length(speech: Speech, given: Sanction) -> str:
    longest = max(block_length_s(name, given.levels[name] + 1) for name in CATEGORIES if name in given.levels)
    return length_text(longest, speech.language)


def _how_to_appeal(speech: Speech, kind: SpaceKind) -> str:
    decider = "operator" if kind == "direct" else "moderator"
    return speech.text("notice.appeal", decider=speech.text(f"appeal.{decider}"))
