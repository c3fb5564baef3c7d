import pytest

from bot.block_length import block_length
from engine.rules.sanctions import LONGEST_BLOCK_S


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30m", 1800), ("30분", 1800), ("12h", 43200), ("3 일", 3 * 86400), ("2W", 14 * 86400),
     ("99999일", LONGEST_BLOCK_S),
     ("0d", None), ("3", None), ("d", None), ("-3d", None), ("3달", None), ("", None)],
)  # fmt: skip
def test_lengths_are_read(text: str, seconds: int | None) -> None:
    assert block_length(text) == seconds
