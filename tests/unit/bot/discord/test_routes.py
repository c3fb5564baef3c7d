from datetime import UTC, datetime, timedelta

import pytest

from bot.chat import Place
from bot.discord.routes import OpenInteraction, interaction_route, message_route, target_of
from bot.discord.sealing import TokenSeal
from bot.errors import BotError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLACE = Place("discord", "1", "server", "2")
SEAL = TokenSeal(b"k" * 32)
OPEN = OpenInteraction(5, 6, "very-secret")


def test_a_message_route_leads_back_to_the_message() -> None:
    target = target_of(message_route(20, 30), PLACE, NOW, SEAL)
    assert (target.channel_id, target.reply_to, target.interaction) == (20, 30, None)


def test_an_empty_route_leads_to_the_place() -> None:
    target = target_of({}, PLACE, NOW, SEAL)
    assert (target.channel_id, target.reply_to, target.asked_by) == (2, None, None)


def test_an_interaction_lives_for_less_than_fifteen_minutes() -> None:
    route = interaction_route(20, OPEN, NOW, SEAL)
    assert "very-secret" not in str(route)
    assert target_of(route, PLACE, NOW + timedelta(minutes=14), SEAL).interaction == OPEN
    late = target_of(route, PLACE, NOW + timedelta(minutes=15), SEAL)
    assert (late.interaction, late.interaction_id, late.asked_by) == (None, 5, 5)


def test_a_route_sealed_with_another_key_or_changed_has_no_token() -> None:
    route = dict(interaction_route(20, OPEN, NOW, SEAL))
    assert target_of(route, PLACE, NOW, TokenSeal(b"x" * 32)).interaction is None
    route["sealed_token"] = str(route["sealed_token"])[:-4] + "AAAA"
    assert target_of(route, PLACE, NOW, SEAL).interaction is None


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(BotError, match="OHLORA_SECRET_KEY"):
        TokenSeal(b"short")
