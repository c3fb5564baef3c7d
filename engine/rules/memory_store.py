"""What becomes of a new memory beside the ones that are there, and how a memory reads on another day.

The published store only refuses exact duplicates (`engine.rules.memory_file`). Here, above that rule: what was planned
for a day belongs to that day whatever word names it (내일 yesterday is 오늘 today), a contradicted key gets its new
value, a second plan or liking joins the first, and what says the same again is not stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.rules.closeness import adds, closeness, containment
from engine.rules.day_words import is_recurring, resolve_day, reword_days, without_day_words
from engine.rules.memory_file import is_duplicate
from engine.turn_types import MemoryEntry, MemoryWrite

Similarity = Callable[[str, str], float]

# A person has many of these; of everything else (a name, an age, a mood) one at a time.
_MANY = re.compile(r"일정|약속|계획|예정|할 일|좋아|싫어|취미|관심|싶|친구|여행|가족|반려")
_ONE = re.compile(r"제일|가장|최애|베프")
_CANCELLED = re.compile(r"취소|없음|없어|안 감|안 가|미룸|바뀜|변경")
_BARE_DAY_TOPIC = "일정"  # [내일: ...] speaks of what is planned
_NUMBER = re.compile(r"\d+")
_SAME_VALUE = 0.7  # Dice coefficient of letter pairs from which two values say the same
_SAME_LINE = 0.95  # cosine of two rendered lines from which they say the same
_LONGEST_VALUE = 60  # characters; a longer union stays two entries


@dataclass(frozen=True, slots=True)
class _Reading:
    """A key and value as they read today: the topic is the key without day words, `due_on` the day it speaks of."""

    topic: str
    due_on: date | None
    key: str
    value: str


def render(entry: MemoryEntry, today: date) -> str:
    """Return the line `[key: value]` of an entry as it reads on a day (`effective_date` of now)."""
    key, value = _parts(entry, today)
    return _line(key, value)


def plan_write(
    existing: Sequence[MemoryEntry],
    key: str,
    value: str,
    said_on: date,
    similarity: Similarity | None = None,
) -> MemoryWrite | None:
    """Decide how a new memory is stored; None when it says nothing new.

    Args:
        existing: what is remembered of this person in this space.
        key: what was understood, e.g. 내일 일정.
        value: its value, e.g. 친구랑 카페.
        said_on: the day it was said (`effective_date` of then).
        similarity: cosine of two rendered lines, where one is at hand; also finds duplicates under other keys.
    """
    new = _Reading(_topic(key, said_on), resolve_day(key, value, said_on), key, value)
    if is_duplicate((render(entry, said_on) for entry in existing), _line(key, value)):
        return None
    for entry in reversed(existing):
        old = _read(entry, said_on)
        if old.topic != new.topic or old.due_on != new.due_on:
            continue
        united = _united(old, new)
        if united is None:
            return None
        if united != "apart":
            return MemoryWrite(_entry(united.key, united.value, said_on, new.due_on), replaces=entry.entry_id)
    for entry in existing:
        old = _read(entry, said_on)
        if old.due_on != new.due_on or not _says_the_same(old, new, similarity):
            continue
        if _numbers(old.value) == _numbers(new.value):
            return None
        return MemoryWrite(_entry(key, value, said_on, new.due_on), replaces=entry.entry_id)
    return MemoryWrite(_entry(key, value, said_on, new.due_on))


def restates(value: str, said: str, shown: str | None) -> bool:
    """Tell whether a new memory only repeats what was put before the prompt (a recalled line or the last summary).

    Args:
        value: the new memory's value; its key does not count, since another day in it makes an echoed value no newer.
        said: the message itself.
        shown: the line that was composed before it; None: there was none.
    """
    if not shown:
        return False
    from_message, from_shown = containment(value, said), containment(value, shown)
    return from_shown > from_message and not adds(value, said, shown)


def _united(old: _Reading, new: _Reading) -> _Reading | Literal["apart"] | None:
    """Join two memories of one topic and day: None nothing new, "apart" keep both, else the new content."""
    if _numbers(old.value) == _numbers(new.value) and containment(new.value, old.value) == 1.0:
        return None
    # The same thing at another number (3시 회의, 4시 회의) was changed, not added.
    changed = closeness(_NUMBER.sub("", old.value), _NUMBER.sub("", new.value)) >= _SAME_VALUE
    many = _MANY.search(new.key) and not _ONE.search(new.key) and not _CANCELLED.search(new.value)
    if changed or not many or containment(old.value, new.value) == 1.0:
        return new
    union = f"{old.value}, {new.value}"
    return "apart" if len(union) > _LONGEST_VALUE else _Reading(new.topic, new.due_on, new.key, union)


def _says_the_same(old: _Reading, new: _Reading, similarity: Similarity | None) -> bool:
    if closeness(old.value, new.value) < _SAME_VALUE:
        return False
    if closeness(old.topic, new.topic) >= _SAME_VALUE:
        return True
    return similarity is not None and similarity(_line(old.key, old.value), _line(new.key, new.value)) >= _SAME_LINE


def _read(entry: MemoryEntry, today: date) -> _Reading:
    key, value = _parts(entry, today)
    due_on = entry.due_on or resolve_day(entry.key, entry.value, entry.said_on)
    return _Reading(_topic(entry.key, entry.said_on), due_on, key, value)


def _parts(entry: MemoryEntry, today: date) -> tuple[str, str]:
    if is_recurring(entry.key):
        return entry.key, entry.value
    return reword_days(entry.key, entry.said_on, today), reword_days(entry.value, entry.said_on, today)


def _topic(key: str, said_on: date) -> str:
    plain = key if is_recurring(key) else without_day_words(key, said_on)
    return re.sub(r"[^\w]", "", plain).casefold() or _BARE_DAY_TOPIC


def _entry(key: str, value: str, said_on: date, due_on: date | None) -> MemoryEntry:
    return MemoryEntry(entry_id=None, key=key, value=value, said_on=said_on, due_on=due_on)


def _line(key: str, value: str) -> str:
    return f"[{key}: {value}]"


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(text)
