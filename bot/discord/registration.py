"""The slash commands as Discord registers them, and their registration when they changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import discord
import structlog
from discord.http import HTTPClient

from bot.chat import CommandParameter, CommandSpec, FrontDesk
from bot.errors import BotError
from bot.texts import Texts

CHAT = CommandSpec("chat", moderators_only=False, parameters=(CommandParameter("text", required=True),))
STATE_KEY = "discord.commands"
LONGEST_DESCRIPTION = 100
MOST_CHOICES = 25  # of one option; what has more is typed
_OPTION_TYPES = {"text": 3, "choice": 3, "person": 6, "number": 10, "image": 11}
_IN_SERVER, _IN_DIRECT_CHAT = 0, 1
_ADDED_TO_SERVERS = 0

_log = structlog.get_logger(__name__)


def all_commands(front: FrontDesk) -> tuple[CommandSpec, ...]:
    """Return `/chat`, which is Discord's own, and every command of the service."""
    return (CHAT, *(spec for spec in front.commands() if spec.name != CHAT.name))


def registration(commands: Sequence[CommandSpec], texts: Texts) -> list[dict[str, Any]]:
    """Return the payload that registers the commands: English, with Korean for who uses Discord in Korean.

    Moderators' commands are shown to members with Moderate Members, and in servers only; a server can widen or narrow
    that in its own settings, so the rights are checked again at each call.

    Raises:
        BotError: a description is missing or too long.
    """
    return [_command(spec, texts) for spec in commands]


async def register_if_changed(http: HTTPClient, application_id: int, front: FrontDesk, texts: Texts) -> bool:
    """Register the commands unless the very same ones are registered already; tell whether it was done."""
    payload = registration(all_commands(front), texts)
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    state = {"hash": digest, "application_id": str(application_id)}
    if await front.state(STATE_KEY) == state:
        return False
    await http.bulk_upsert_global_commands(application_id, payload)
    await front.save_state(STATE_KEY, state)
    _log.info("slash commands registered", commands=len(payload))
    return True


def _command(spec: CommandSpec, texts: Texts) -> dict[str, Any]:
    return {
        "type": 1,
        **_named(spec.name, f"command_name.{spec.name}", f"command.{spec.name}", texts),
        "options": [_option(spec, parameter, texts) for parameter in _required_first(spec.parameters)],
        "default_member_permissions": (
            str(discord.Permissions(moderate_members=True).value) if spec.moderators_only else None
        ),
        "contexts": [_IN_SERVER] if spec.moderators_only else [_IN_SERVER, _IN_DIRECT_CHAT],
        "integration_types": [_ADDED_TO_SERVERS],
    }


def _option(spec: CommandSpec, parameter: CommandParameter, texts: Texts) -> dict[str, Any]:
    key = f"{spec.name}.{parameter.name}"
    option: dict[str, Any] = {
        "type": _OPTION_TYPES[parameter.kind],
        **_named(parameter.name, f"command_name.{key}", f"command.{key}", texts),
        "required": parameter.required,
    }
    if 0 < len(parameter.choices) <= MOST_CHOICES:
        option["choices"] = [_choice(f"command.{key}.{value}", value, texts) for value in parameter.choices]
    return option


def _named(name: str, name_key: str, description_key: str, texts: Texts) -> dict[str, Any]:
    english, korean = (_description(language, description_key, texts) for language in ("en", "ko"))
    named: dict[str, Any] = {
        "name": name,
        "description": english,
        "description_localizations": {"ko": korean},
    }
    known = texts.keys()
    if name_key in known:
        named["name_localizations"] = {"ko": texts.get("ko", name_key)}
    return named


def _description(language: str, key: str, texts: Texts) -> str:
    text = texts.get(language, key)
    if not 1 <= len(text) <= LONGEST_DESCRIPTION:
        raise BotError(
            f"text {key!r} ({language}) must have 1 to {LONGEST_DESCRIPTION} characters for Discord; change it"
        )
    return text


def _choice(key: str, value: str, texts: Texts) -> dict[str, Any]:
    known = texts.keys()
    if key not in known:
        return {"name": value, "value": value}
    return {"name": texts.get("en", key), "name_localizations": {"ko": texts.get("ko", key)}, "value": value}


def _required_first(parameters: Sequence[CommandParameter]) -> list[CommandParameter]:
    return sorted(parameters, key=lambda parameter: not parameter.required)
