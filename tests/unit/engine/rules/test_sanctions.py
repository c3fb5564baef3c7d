from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.sanctions import (
    LONGEST_BLOCK_S,
    NO_LEVELS,
    Block,
    Event,
    active_block,
    fold_levels,
    length_text,
    sanction,
)
from engine.turn_types import CATEGORIES, Category

START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)


def events(*days: float, category: Category = "love", block_s: int = 0) -> list[Event]:
    return [Event(category, START + DAY * day, block_s) for day in days]


def test_the_first_love_confession_is_a_warning_and_the_first_parent_insult_a_week() -> None:
    assert sanction(["love"], NO_LEVELS).is_warning
    assert sanction(["paedrip"], NO_LEVELS).block_s == 7 * 86400
    assert not sanction([], NO_LEVELS).is_warning


@given(st.sets(st.sampled_from(CATEGORIES)), st.dictionaries(st.sampled_from(CATEGORIES), st.integers(0, 20)))
def test_no_sanction_exceeds_four_years_and_each_hit_raises_its_level(
    hit: set[Category], levels: dict[Category, int]
) -> None:
    served = sanction(hit, levels)
    assert 0 <= served.block_s <= LONGEST_BLOCK_S
    assert served.levels == {category: levels.get(category, 0) + 1 for category in hit}


def test_levels_rise_with_events_and_fade_by_one_each_clean_period() -> None:
    log = events(0, 1, 2)
    assert fold_levels(log, START + DAY * 3) == {"love": 3}
    assert fold_levels(log, START + DAY * 31.9) == {"love": 3}
    assert fold_levels(log, START + DAY * 32) == {"love": 2}
    assert fold_levels(log, START + DAY * 62) == {"love": 1}
    assert fold_levels(log, START + DAY * 92) == {}
    assert fold_levels(log, START + DAY * 400, None) == {"love": 3}
    assert fold_levels(log, START + DAY * 400, 0) == {"love": 3}


def test_fading_starts_when_the_sanction_has_ended() -> None:
    log = events(0, category="paedrip", block_s=7 * 86400)
    assert fold_levels(log, START + DAY * 36) == {"paedrip": 1}
    assert fold_levels(log, START + DAY * 37) == {}


def test_a_new_event_starts_the_clean_period_again() -> None:
    assert fold_levels(events(0, 29), START + DAY * 58) == {"love": 2}
    assert fold_levels(events(0, 1, 45), START + DAY * 46) == {"love": 2}


def test_overturned_shadow_and_later_events_do_not_count() -> None:
    log = [
        Event("hate", START, 86400),
        Event("hate", START + DAY * 2, 86400, overturned=True),
        Event("hate", START + DAY * 3, 86400, shadow=True),
        Event("hate", START + DAY * 9, 86400),
    ]
    assert fold_levels(log, START + DAY * 5) == {"hate": 1}


def test_the_order_of_the_log_does_not_matter() -> None:
    log = events(0, 50, 10, 20)
    assert fold_levels(reversed(log), START + DAY * 60) == fold_levels(log, START + DAY * 60)


def test_a_block_holds_in_its_channel_or_its_whole_space() -> None:
    here = Block(START, START + DAY, "here")
    everywhere = Block(START, START + DAY * 2)
    assert active_block([here, everywhere], START, "here") is everywhere
    assert active_block([here], START, "there") is None
    assert active_block([here], START) is here
    assert active_block([here], START + DAY, "here") is None
    assert active_block([Block(START, START + DAY, "here", lifted=True)], START, "here") is None


@pytest.mark.parametrize(
    ("seconds", "korean", "english"),
    [
        (59, "0분", "0 minutes"),
        (60, "1분", "1 minute"),
        (3599, "59분", "59 minutes"),
        (3600, "1시간", "1 hour"),
        (86399, "23시간", "23 hours"),
        (7 * 86400 + 5, "7일", "7 days"),
        (365 * 86400 - 1, "364일", "364 days"),
        (LONGEST_BLOCK_S, "4년", "4 years"),
    ],
)
def test_lengths_in_words(seconds: int, korean: str, english: str) -> None:
    assert length_text(seconds, "ko") == korean
    assert length_text(seconds, "en") == english
