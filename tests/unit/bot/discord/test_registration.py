import pytest

from bot.chat import CommandParameter, CommandSpec
from bot.discord.registration import CHAT, registration
from bot.errors import BotError
from bot.texts import Texts


def test_the_texts_of_chat_fit_discord() -> None:
    (chat,) = registration([CHAT], Texts.load())
    assert chat["name"] == "chat"
    assert chat["name_localizations"] == {"ko": "대화"}
    assert chat["description_localizations"]["ko"]
    (option,) = chat["options"]
    assert (option["type"], option["required"]) == (3, True)


def test_a_description_that_discord_would_refuse_is_told() -> None:
    texts = Texts({language: {"command.x": "a" * 101} for language in ("ko", "en")})
    with pytest.raises(BotError, match=r"command\.x"):
        registration([CommandSpec("x", moderators_only=False)], texts)


def test_a_missing_description_is_told() -> None:
    with pytest.raises(BotError, match=r"command\.x"):
        registration([CommandSpec("x", moderators_only=False)], Texts({"ko": {}, "en": {}}))


def test_more_choices_than_discord_takes_are_typed() -> None:
    parameter = CommandParameter("face", required=True, kind="choice", choices=tuple(map(str, range(26))))
    keys = {"command.x": "x", "command.x.face": "f"}
    (made,) = registration([CommandSpec("x", False, (parameter,))], Texts({"ko": keys, "en": keys}))
    assert "choices" not in made["options"][0]
