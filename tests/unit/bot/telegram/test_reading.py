from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Message, Update

from bot.telegram.reading import Me, command_text_of, is_addressed, replied_person, words_of

ME = Me(999, "ohlora_bot")
GROUP = {"id": -5, "type": "supergroup", "title": "모임"}
USER = {"id": 11, "is_bot": False, "first_name": "지민"}
HER = {"id": 999, "is_bot": True, "first_name": "오로라"}


def entity(kind: str, offset: int, length: int, **content: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **content}


def message(text: str | None, *entities: dict[str, Any], **content: Any) -> Message:
    made = {
        "message_id": 1,
        "date": int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()),
        "chat": GROUP,
        "from": USER,
        "text": text,
        "entities": list(entities),
    }
    update = Update.de_json({"update_id": 1, "message": made | content}, None)
    assert update.message is not None
    return update.message


def replied(**content: Any) -> dict[str, Any]:
    return {"message_id": 9, "date": 1, "chat": GROUP, "text": "응", **content}


@pytest.mark.parametrize(
    ("text", "offset", "length", "words"),
    [
        ("@ohlora_bot, 안녕", 0, 11, "안녕"),
        ("🌈🌈 @ohlora_bot  뭐해", 5, 11, "🌈🌈 뭐해"),
        ("안녕 @ohlora_bot", 3, 11, "안녕"),
        ("@ohlora_bot", 0, 11, ""),
        ("@ohlora_bots 안녕", 0, 12, "@ohlora_bots 안녕"),
    ],
)
def test_her_mention_is_stripped(text: str, offset: int, length: int, words: str) -> None:
    said = message(text, entity("mention", offset, length))
    assert words_of(said, ME) == words
    assert is_addressed(said, ME) is (words != text)


def test_a_mention_by_name_counts_for_her_account_only() -> None:
    for account, expected in ((HER, True), (USER, False)):
        said = message("오로라 안녕", entity("text_mention", 0, 3, user=account))
        assert is_addressed(said, ME) is expected


def test_captions_address_her_too() -> None:
    mention = entity("mention", 0, 11)
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    said = message(None, caption="@ohlora_bot 봐", caption_entities=[mention], photo=photo)
    assert is_addressed(said, ME)
    assert words_of(said, ME) == "봐"


def test_a_topics_opening_message_is_no_reply_to_her() -> None:
    opened = replied(**{"from": HER}, forum_topic_created={"name": "방", "icon_color": 1})
    opened.pop("text")
    assert not is_addressed(message("안녕", reply_to_message=opened), ME)
    assert is_addressed(message("안녕", reply_to_message=replied(**{"from": HER})), ME)


def test_the_replied_person_is_a_person() -> None:
    assert replied_person(message("/block", reply_to_message=replied(**{"from": USER})), ME) == "11"
    assert replied_person(message("/block", reply_to_message=replied(**{"from": HER})), ME) is None
    assert replied_person(message("/block"), ME) is None


def test_people_named_in_a_command_are_written_as_ids() -> None:
    said = message("/block 김 지민 3", entity("text_mention", 7, 4, user=USER | {"id": 777777}))
    assert command_text_of(said) == "/block id:777777 3"
