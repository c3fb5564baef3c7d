from typing import Any

import pytest

from bot.web.bodies import TEXT_LIMIT_CHARACTERS, Said, look_from, look_json, said_from
from bot.web.refusal import Refusal

LOOK = {
    "face": "mini:1", "cycling": False, "hue": 0.5, "height": 1, "gradient": 0.25, "motion": "still", "language": "ko",
}  # fmt: skip


def test_a_message_keeps_its_words() -> None:
    assert said_from({"id": "abcdefgh", "text": " 안녕 ☔\n"}) == Said("abcdefgh", " 안녕 ☔\n")
    assert said_from({"id": "abcdefgh", "text": "가" * TEXT_LIMIT_CHARACTERS}).text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({}, "unusable"),
        ({"id": "short", "text": "안녕"}, "unusable"),
        ({"id": "abcdefgh", "text": 1}, "unusable"),
        ({"id": ["abcdefgh"], "text": "안녕"}, "unusable"),
        ({"id": "abcdefgh", "text": "a\ud800"}, "unusable"),
        ({"id": "abcdefgh", "text": "a\0"}, "unusable"),
        ({"id": "abcdefgh", "text": "가" * (TEXT_LIMIT_CHARACTERS + 1)}, "too_large"),
    ],
)
def test_what_is_no_message_is_refused(data: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        said_from(data)
    assert refused.value.reason == reason


def test_a_look_comes_back_as_it_was() -> None:
    assert look_json(look_from(LOOK)) == LOOK


@pytest.mark.parametrize(
    "change",
    [{"hue": "0.5"}, {"hue": True}, {"hue": None}, {"height": 1e300}, {"face": 3}, {"cycling": 1}, {"motion": "fast"},
     {"language": "fr"}, {"language": ["ko"]}],
)  # fmt: skip
def test_what_is_no_look_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        look_from({**LOOK, **change})
