from zoneinfo import ZoneInfo

import pytest

from bot.notices import Speech, where_text
from bot.texts import Texts
from storage.records import SpaceRecord

SPEECH = Speech(Texts.load(), "ko", ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    ("platform", "kind", "channel", "shown"),
    [
        ("discord", "server", "77", "<#77>"),
        ("discord", "server", None, "이 서버 전체"),
        ("telegram", "group", "-500", "이 그룹"),
        ("telegram", "group", "7", "주제 7"),
        ("telegram", "direct", "11", "이 대화"),
        ("cli", "server", "general", "general 채널"),
    ],
)
def test_a_place_is_named_so_that_it_can_be_read_elsewhere(
    platform: str, kind: str, channel: str | None, shown: str
) -> None:
    space = SpaceRecord(1, platform, "-500", kind, "", {})
    assert where_text(SPEECH, space, channel) == shown
