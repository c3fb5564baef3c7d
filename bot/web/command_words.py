"""Commands as they are typed on the page: `/hair 200 60 50`."""

from __future__ import annotations

import re

from bot.chat import CommandSpec

_COMMAND = re.compile(r"/([a-z]{1,32})(?:\s+(.*))?", re.DOTALL)


def command_name(text: str) -> str | None:
    """Return the name of the command that a text is, None for words to her."""
    match = _COMMAND.fullmatch(text.strip())
    return None if match is None else match[1]


def arguments(text: str, spec: CommandSpec) -> dict[str, str]:
    """Read the words after a command into its parameters, in their order; a text at the end takes all that is left."""
    match = _COMMAND.fullmatch(text.strip())
    rest = (match[2] or "").strip() if match else ""
    values: dict[str, str] = {}
    for place, parameter in enumerate(spec.parameters):
        takes_all = parameter.kind == "text" and place == len(spec.parameters) - 1
        word, _, rest = (rest, "", "") if takes_all else rest.partition(" ")
        rest = rest.strip()
        if word:
            values[parameter.name] = word
    return values
