from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.chat import DeliveryDelayed, DeliveryRefused
from bot.telegram.failures import may_have_arrived, outcome_of, reason_of


@pytest.fixture(autouse=True)
def _as_the_adapter_sets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (caused(TimedOut(), httpx.ReadTimeout("")), True),
        (caused(NetworkError("x"), httpx.ReadError("")), True),
        (caused(NetworkError("x"), httpx.RemoteProtocolError("")), True),
        (caused(TimedOut(), httpx.PoolTimeout("")), False),
        (caused(TimedOut(), httpx.ConnectTimeout("")), False),
        (caused(NetworkError("x"), httpx.ConnectError("")), False),
        (NetworkError("Bad Gateway (502)"), False),
        (BadRequest("chat not found"), False),
    ],
)
def test_what_may_have_arrived(error: TelegramError, expected: bool) -> None:
    assert may_have_arrived(error) is expected


@pytest.mark.parametrize("error", [Forbidden("bot was kicked"), BadRequest("chat not found"), ChatMigrated(-1001)])
def test_refused_for_good(error: TelegramError) -> None:
    assert isinstance(outcome_of(error), DeliveryRefused)


@pytest.mark.parametrize(
    ("make", "wait_s"),
    [
        (lambda: RetryAfter(timedelta(seconds=17)), 17),
        (lambda: NetworkError("Bad Gateway (502)"), 3),
        (InvalidToken, 60),
        (lambda: Conflict("terminated by other getUpdates request"), 3),
    ],
)
def test_tried_again_later(make: Callable[[], TelegramError], wait_s: float) -> None:
    outcome = outcome_of(make())
    assert isinstance(outcome, DeliveryDelayed)
    assert outcome.retry_after_s == wait_s


def test_reasons_are_one_line_and_quote_no_token_and_no_page() -> None:
    for error in (InvalidToken("The token `1:secret` was rejected"), NetworkError("Parsing b'<p>secret</p>' failed")):
        assert "secret" not in reason_of(error)
    assert "\n" not in reason_of(BadRequest("two\nlines" * 50))
