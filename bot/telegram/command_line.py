"""Commands as people type them on Telegram: `/block @kim 3 reason`, read into named values. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.chat import CommandParameter, CommandSpec

Trouble = Literal["missing", "choice", "number", "person"]

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?", re.DOTALL)
_WORD = re.compile(r'\s*(?:"([^"]*)"|(\S+))\s*')
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,6})?")
_ACCOUNT = re.compile(r"(?:id:)?(\d{5,20})")
_USERNAME = re.compile(r"@([A-Za-z][A-Za-z0-9_]{2,31})")

FindPerson = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A typed command: its name in small letters, the bot it names (without @), and the rest of the line."""

    name: str
    bot: str | None
    rest: str


@dataclass(frozen=True, slots=True)
class Misread:
    """Why the values of a command could not be read."""

    trouble: Trouble
    parameter: CommandParameter


def parse_command(text: str) -> CommandLine | None:
    """Return the command that a text is, or None."""
    match = _COMMAND.fullmatch(text.strip())
    if match is None:
        return None
    return CommandLine(match[1].lower(), match[2], (match[3] or "").strip())


def usage(spec: CommandSpec) -> str:
    """Return how a command is typed: `/block <person> [length]`."""
    shown = [f"<{item.name}>" if item.required else f"[{item.name}]" for item in spec.parameters]
    return " ".join([f"/{spec.name}", *shown])


def read_arguments(
    spec: CommandSpec, rest: str, find_person: FindPerson, replied: str | None
) -> dict[str, str] | Misread:
    """Read the words of a line into the command's parameters, in their order.

    A word that does not fit an optional parameter is tried on the next one; a text parameter at the end takes all
    that is left; "..." keeps words together. A person is an @username that `find_person` knows, an account id, or
    the one whose message the command replies to (`replied`).
    """
    values: dict[str, str] = {}
    unread: Misread | None = None
    for place, parameter in enumerate(spec.parameters):
        if parameter.kind == "person" and replied is not None and not _looks_like_person(rest):
            values[parameter.name] = replied
            continue
        if parameter.kind == "image":
            continue  # it hangs on the message, or on the one it replies to
        is_last = place == len(spec.parameters) - 1
        word, after = (rest, "") if parameter.kind == "text" and is_last else _next_word(rest)
        if not word:
            if parameter.required:
                return unread or Misread("missing", parameter)
            continue
        value = _value(parameter, word, find_person)
        if value is not None:
            values[parameter.name] = value
            rest = after
            continue
        trouble = Misread(_trouble(parameter), parameter)
        if parameter.required:
            return trouble
        unread = unread or trouble
    return unread if unread is not None and rest else values


def _next_word(rest: str) -> tuple[str, str]:
    match = _WORD.match(rest)
    if match is None:
        return "", ""
    return match[1] if match[1] is not None else match[2], rest[match.end() :]


def _value(parameter: CommandParameter, word: str, find_person: FindPerson) -> str | None:
    if parameter.kind == "number":
        return word if _NUMBER.fullmatch(word) else None
    if parameter.kind == "choice":
        return next((choice for choice in parameter.choices if choice.casefold() == word.casefold()), None)
    if parameter.kind == "person":
        return _person(word, find_person)
    return word


def _person(word: str, find_person: FindPerson) -> str | None:
    account = _ACCOUNT.fullmatch(word)
    if account is not None:
        return account[1]
    username = _USERNAME.fullmatch(word)
    return find_person(username[1]) if username is not None else None


def _looks_like_person(rest: str) -> bool:
    word, _ = _next_word(rest)
    return word.startswith(("@", "id:"))


def _trouble(parameter: CommandParameter) -> Trouble:
    if parameter.kind == "text" or parameter.kind == "image":
        return "missing"
    return parameter.kind
