"""Commands for everyone: help, language, time zone, privacy, export, and the reason for the last answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.chat import CommandAnswer, CommandParameter, CommandSpec
from bot.commands.command import Action, Command, Scene


async def show_help(scene: Scene) -> CommandAnswer:
    """List the commands the caller may use."""
    may_moderate = scene.is_operator or scene.call.may_moderate
    lines = [scene.text("help.opening"), ""]
    lines.extend(
        f"/{spec.name} - {scene.text(f'command.{spec.name}')}"
        for spec in scene.specs
        if may_moderate or not spec.moderators_only
    )
    return CommandAnswer("\n".join(lines))


async def choose_language(scene: Scene) -> CommandAnswer:
    """Set the language of the service texts for the caller."""
    language = scene.call.arguments.get("language", "")
    if language not in ("ko", "en"):
        return scene.say("language.unknown")
    await scene.work.people.set_preferences(scene.who.person.id, language=language)
    return CommandAnswer(scene.texts.get(language, "language.set"))


async def choose_timezone(scene: Scene) -> CommandAnswer:
    """Set the time zone in which times are told to the caller."""
    name = scene.call.arguments.get("zone", "").strip()
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return scene.say("timezone.unknown")
    await scene.work.people.set_preferences(scene.who.person.id, timezone=zone.key)
    return scene.say("timezone.set", zone=zone.key, now=f"{scene.now.astimezone(zone):%H:%M}")


async def tell_privacy(scene: Scene) -> CommandAnswer:
    """Tell what is kept, where and how long."""
    text_days, picture_days, host = scene.facts.text_days, scene.facts.picture_days, scene.facts.models_host
    lines = [
        scene.text("privacy.text"),
        scene.text("privacy.models_elsewhere", host=host) if host else scene.text("privacy.models_here"),
        scene.text("privacy.text_days", days=text_days) if text_days else scene.text("privacy.texts_stay"),
        scene.text("privacy.picture_days", days=picture_days) if picture_days else scene.text("privacy.pictures_stay"),
        scene.text("privacy.sanctions"),
        scene.text("privacy.commands"),
    ]
    return CommandAnswer("\n".join(lines))


async def explain(scene: Scene) -> CommandAnswer:
    """Tell, to the asker alone, what the last answer came from."""
    turn = await scene.work.turns.last_of(scene.who.conversation.id, scene.who.person.id)
    if turn is None or not turn.trace:
        return scene.say("why.none")
    return CommandAnswer("\n".join([scene.text("why.opening"), *_reasons(scene, turn.trace)]))


async def export(scene: Scene) -> CommandAnswer:
    """Send the caller everything kept about them as a JSON file."""
    data = await scene.work.people.export(scene.who.person.id)
    content = json.dumps(data, ensure_ascii=False, indent=2, default=str).encode()
    return CommandAnswer(scene.text("export.ready"), document=("oh-lora-export.json", content))


def _reasons(scene: Scene, trace: Mapping[str, Any]) -> list[str]:
    lines = []
    recalled = trace.get("recalled")
    if recalled:
        lines.append(scene.text("why.recalled", text=recalled["text"], cosine=f"{recalled['cosine']:.3f}"))
    else:
        lines.append(scene.text("why.nothing_recalled"))
    if trace.get("used_summary"):
        lines.append(scene.text("why.used_summary"))
    if trace.get("remembered"):
        lines.append(scene.text("why.remembered", text=" ".join(trace["remembered"])))
    scores = trace.get("verdict") or {}
    if scores:
        shown = ", ".join(f"{scene.text(f'category.{name}')} {score:.2f}" for name, score in scores.items())
        lines.append(scene.text("why.verdict", scores=shown))
    expression = trace.get("expression")
    if expression:
        numbers = ", ".join(f"{score:.2f}" for score in expression["scores"])
        lines.append(scene.text("why.expression", text=expression["text"], numbers=numbers))
    if trace.get("face"):
        lines.append(scene.text("why.face", face=trace["face"]))
    return lines


ACTIONS: tuple[Action, ...] = ()
COMMANDS: tuple[Command, ...] = (
    Command(CommandSpec("help", moderators_only=False), show_help),
    Command(CommandSpec("why", moderators_only=False), explain),
    Command(
        CommandSpec(
            "language",
            moderators_only=False,
            parameters=(CommandParameter("language", required=True, kind="choice", choices=("ko", "en")),),
        ),
        choose_language,
    ),
    Command(
        CommandSpec("timezone", moderators_only=False, parameters=(CommandParameter("zone", required=True),)),
        choose_timezone,
    ),
    Command(CommandSpec("privacy", moderators_only=False), tell_privacy),
    Command(CommandSpec("export", moderators_only=False), export),
)
