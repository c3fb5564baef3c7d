import pytest

from bot.button_ids import button_id, read_button_id
from bot.chat import Button
from bot.errors import BotError
from bot.telegram.keyboards import rows_of


def test_ids_are_read_back() -> None:
    assert read_button_id(button_id("face-pick", "v8:83")) == ("face-pick", "v8:83")
    assert read_button_id("nothing") == ("nothing", "")


def test_ids_longer_than_a_platform_takes_are_refused_before_they_are_sent() -> None:
    assert len(button_id("a", "가" * 20).encode()) == 62
    with pytest.raises(BotError, match="64 bytes"):
        button_id("a", "가" * 21)


def test_rows_stay_readable_on_a_phone() -> None:
    short = [Button(str(number), f"🗑 {number}") for number in range(6)]
    assert [len(row) for row in rows_of(short)] == [4, 2]
    long = [Button("a", "내 계정이야, 기억을 함께 쓰기"), Button("b", "내 계정이 아니야")]
    assert [len(row) for row in rows_of(long)] == [1, 1]
    assert rows_of([]) == []
