"""Who may see the figures."""

from __future__ import annotations

import base64

import pytest

from bot.web.operator_door import may_enter

TOKEN = "한글도 되는 긴 열쇠말 하나"


def basic(words: str) -> str:
    return "Basic " + base64.b64encode(words.encode()).decode()


@pytest.mark.parametrize("given", [basic(f"operator:{TOKEN}"), basic(f":{TOKEN}"), "bearer  plain-token-of-16-letters"])
def test_the_token_opens_from_anywhere(given: str) -> None:
    token = TOKEN if given.startswith("Basic") else "plain-token-of-16-letters"
    assert may_enter({"Authorization": given}, "203.0.113.9", token, listens_here_only=False)


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer x", basic(TOKEN), basic("x:y"), "Basic !!!", "Digest " + TOKEN, "Bearer \udcff"]
)
def test_anything_else_does_not_even_from_here(given: str) -> None:
    headers = {"Authorization": given} if given else {}
    assert not may_enter(headers, "127.0.0.1", TOKEN, listens_here_only=True)


def test_without_a_token_this_machine_alone_is_let_in() -> None:
    assert may_enter({}, "127.0.0.1", None, listens_here_only=True)
    assert may_enter({}, "::1", None, listens_here_only=True)
    assert not may_enter({}, "127.0.0.1", None, listens_here_only=False)
    assert not may_enter({}, "192.0.2.1", None, listens_here_only=True)
    assert not may_enter({}, None, None, listens_here_only=True)
    assert not may_enter({"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1", None, listens_here_only=True)
