import pytest

from bot.chat import CommandParameter, CommandSpec
from bot.web.command_words import arguments, command_name

HAIR = CommandSpec(
    "hair",
    moderators_only=False,
    parameters=(CommandParameter("hue", required=False), CommandParameter("height", required=False, kind="number")),
)
BLOCK = CommandSpec(
    "block",
    moderators_only=True,
    parameters=(CommandParameter("person", required=True, kind="person"), CommandParameter("reason", required=True)),
)


@pytest.mark.parametrize(
    ("text", "name"),
    [("/help", "help"), (" /forget here yes ", "forget"), ("/", None), ("안녕", None), ("/안녕", None), ("1/2", None)],
)
def test_a_slash_and_a_word_are_a_command(text: str, name: str | None) -> None:
    assert command_name(text) == name


def test_words_go_to_the_parameters_in_order() -> None:
    assert arguments("/hair 200  60", HAIR) == {"hue": "200", "height": "60"}
    assert arguments("/hair", HAIR) == {}
    assert arguments("/block kim 같은 말을 반복", BLOCK) == {"person": "kim", "reason": "같은 말을 반복"}
