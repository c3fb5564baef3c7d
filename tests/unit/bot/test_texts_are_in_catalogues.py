"""No text that a person sees stands outside the catalogues, and the catalogues fit what uses them."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import bot
from bot.commands.registry import ACTIONS, specs
from bot.discord.registration import CHAT, registration
from bot.texts import LANGUAGES, Texts

ROOT = Path(bot.__file__).parent
HANGUL = re.compile("[가-힣]")
# Words that are read, not shown: units of a length, ways to say "off", the endings of particles; her printed name.
READ_NOT_SHOWN = {"block_length.py", "particles.py", "space_settings.py"}
HER_NAME = {"cli/say.py"}


def hangul_strings(path: Path) -> list[str]:
    """Return the strings with Hangul in a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and HANGUL.search(node.value)
    ]


def test_no_korean_text_stands_outside_the_catalogues() -> None:
    found = {
        str(path.relative_to(ROOT)): strings
        for path in ROOT.rglob("*.py")
        if path.relative_to(ROOT).as_posix() not in READ_NOT_SHOWN | HER_NAME and (strings := hangul_strings(path))
    }
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_described(language: str) -> None:
    texts = Texts.load()
    for spec in specs():
        assert texts.get(language, f"command.{spec.name}")
        for parameter in spec.parameters:
            assert texts.get(language, f"command.{spec.name}.{parameter.name}")


def test_discord_takes_every_command() -> None:
    registered = registration([CHAT, *specs()], Texts.load())
    assert len(registered) == len(specs()) + 1 <= 100


def test_both_languages_have_the_same_placeholders() -> None:
    texts = Texts.load()
    for key in texts.keys():  # noqa: SIM118
        korean, english = (
            {name for _, name, _, _ in Formatter().parse(texts._catalogues[language][key]) if name}
            for language in LANGUAGES
        )
        assert korean == english, key


def test_a_particle_behind_a_placeholder_is_written_in_both_forms() -> None:
    """`{name}를` would be wrong for every second name."""
    texts = Texts.load()
    one_form = re.compile(r"\}['’]?(은|는|이|가|을|를|과|와|으로|로)(?=[ ,.!?]|$)")
    wrong = {key: text for key, text in texts._catalogues["ko"].items() if one_form.search(text)}
    assert wrong == {}


def test_texts_that_are_looked_up_by_name_exist() -> None:
    known = Texts.load().keys()
    wanted = set()
    for path in [*ROOT.glob("*.py"), *(ROOT / "commands").glob("*.py")]:
        source = path.read_text(encoding="utf-8")
        wanted |= set(re.findall(r'\.(?:text|say)\(\s*"([a-z_]+(?:\.[a-z_]+)+)"', source))
    assert wanted - known == set()


def test_actions_and_commands_have_names_of_their_own() -> None:
    assert all(re.fullmatch("[a-z-]{3,16}", name) for name in ACTIONS)
