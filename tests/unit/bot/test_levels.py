from datetime import UTC, datetime, timedelta
from typing import Any

from bot.levels import events_as_served
from engine.rules.sanctions import fold_levels
from storage.records import EventRecord, SanctionRecord

NOW = datetime(2026, 7, 6, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def event(**changes: Any) -> EventRecord:
    values: dict[str, Any] = {
        "id": 1, "person_id": 1, "space_id": 1, "channel_key": "c", "category": "paedrip", "score": 0.9, "rule": "r",
        "model_hash": "m", "evidence_hash": None, "level": 1, "block_s": 7 * 86400, "policy": {}, "shadow": False,
        "turn_id": "t1", "at": NOW, "overturned_at": None, "overturned_by": None, "overturn_reason": None,
    }  # fmt: skip
    return EventRecord(**(values | changes))


def block(**changes: Any) -> SanctionRecord:
    values: dict[str, Any] = {
        "id": 1, "person_id": 1, "space_id": 1, "channel_key": "c", "kind": "block", "categories": ("paedrip",),
        "starts_at": NOW, "ends_at": NOW + 7 * DAY, "by": "system", "reason": None, "turn_id": "t1", "lifted_at": None,
        "lifted_by": None, "lift_reason": None,
    }  # fmt: skip
    return SanctionRecord(**(values | changes))


def test_a_block_that_was_lifted_fades_from_when_it_was_lifted() -> None:
    served = events_as_served([event()], [block(lifted_at=NOW + DAY)])
    assert served[0].block_s == 86400
    assert fold_levels(served, NOW + 30 * DAY, 30) == {"paedrip": 1}
    assert fold_levels(served, NOW + 32 * DAY, 30) == {}
    untouched = events_as_served([event()], [block()])
    assert fold_levels(untouched, NOW + 32 * DAY, 30) == {"paedrip": 1}


def test_a_shortened_block_counts_as_long_as_it_was_served_in_all() -> None:
    shortened = [block(lifted_at=NOW + DAY), block(id=2, ends_at=NOW + 3 * DAY)]
    assert events_as_served([event()], shortened)[0].block_s == 3 * 86400


def test_overturned_and_shadow_events_count_for_nothing() -> None:
    records = [event(), event(id=2, overturned_at=NOW, turn_id="t2"), event(id=3, shadow=True, turn_id="t3")]
    assert fold_levels(events_as_served(records, []), NOW, 30) == {"paedrip": 1}
