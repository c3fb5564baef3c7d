import pytest

from bot.chat import CommandParameter, CommandSpec
from bot.telegram.command_line import CommandLine, Misread, parse_command, read_arguments, usage

PERSON = CommandParameter("person", required=True, kind="person")
DAYS = CommandParameter("days", required=False, kind="number")
REASON = CommandParameter("reason", required=False)
BLOCK = CommandSpec("block", moderators_only=True, parameters=(PERSON, DAYS, REASON))
HAIR = CommandSpec(
    "hair",
    moderators_only=False,
    parameters=(
        CommandParameter("hue", required=False, kind="number"),
        CommandParameter("schedule", required=False, kind="choice", choices=("cycle", "fixed")),
    ),
)
NOTE = CommandSpec(
    "memory", False, (CommandParameter("action", True, "choice", ("add", "delete")), CommandParameter("note", True))
)


def find(username: str) -> str | None:
    return {"kim": "12345678"}.get(username)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/help", CommandLine("help", None, "")),
        ("/Face@OhLoRA_bot  v8:83 ", CommandLine("face", "OhLoRA_bot", "v8:83")),
        ("/memory add 여러 줄\n둘째 줄", CommandLine("memory", None, "add 여러 줄\n둘째 줄")),
        ("/", None),
        ("/도움", None),
        ("help", None),
        ("/usr/bin", None),
    ],
)
def test_parse(text: str, line: CommandLine | None) -> None:
    assert parse_command(text) == line


@pytest.mark.parametrize(
    ("rest", "replied", "values"),
    [
        ("@kim 3 욕을 했어요", None, {"person": "12345678", "days": "3", "reason": "욕을 했어요"}),
        ("id:555555 욕", None, {"person": "555555", "reason": "욕"}),
        ("555555", None, {"person": "555555"}),
        ("3 욕", "99", {"person": "99", "days": "3", "reason": "욕"}),
        ("", "99", {"person": "99"}),
        ("@kim", "99", {"person": "12345678"}),
    ],
)
def test_people_numbers_and_the_rest(rest: str, replied: str | None, values: dict[str, str]) -> None:
    assert read_arguments(BLOCK, rest, find, replied) == values


def test_quotes_keep_words_together_and_choices_ignore_case() -> None:
    spec = CommandSpec("x", False, (CommandParameter("name", True), CommandParameter("note", True)))
    assert read_arguments(spec, '"두 단어" 나머지 "그대로"', find, None) == {
        "name": "두 단어",
        "note": '나머지 "그대로"',
    }
    assert read_arguments(NOTE, "ADD 생일은 5월", find, None) == {"action": "add", "note": "생일은 5월"}


def test_a_word_that_fits_no_optional_value_is_tried_on_the_next() -> None:
    assert read_arguments(HAIR, "cycle", find, None) == {"schedule": "cycle"}
    assert read_arguments(HAIR, "0.5 fixed", find, None) == {"hue": "0.5", "schedule": "fixed"}
    assert read_arguments(CommandSpec("help", False), "me please", find, None) == {}


@pytest.mark.parametrize(
    ("spec", "rest", "trouble", "parameter"),
    [
        (BLOCK, "", "missing", "person"),
        (BLOCK, "@nobody", "person", "person"),
        (BLOCK, "12", "person", "person"),
        (NOTE, "burn it", "choice", "action"),
        (NOTE, "add", "missing", "note"),
        (HAIR, "purple", "number", "hue"),
        (HAIR, "1 purple", "choice", "schedule"),
    ],
)
def test_misread(spec: CommandSpec, rest: str, trouble: str, parameter: str) -> None:
    misread = read_arguments(spec, rest, find, None)
    assert isinstance(misread, Misread)
    assert (misread.trouble, misread.parameter.name) == (trouble, parameter)


def test_usage_shows_what_is_required() -> None:
    assert usage(BLOCK) == "/block <person> [days] [reason]"
