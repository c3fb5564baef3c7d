"""How a space wants her to be: its settings and the table of warnings and blocks."""

from __future__ import annotations

from typing import Any

from bot.chat import CommandAnswer, CommandParameter, CommandSpec
from bot.commands.command import Action, Command, Scene
from bot.moderation import set_space
from bot.space_settings import SETTINGS, shown
from engine.rules.sanctions import BLOCK_S, length_text
from engine.turn_types import CATEGORIES


async def change_setting(scene: Scene) -> CommandAnswer:
    """Show the settings of this space, or change one."""
    key, value = scene.call.arguments.get("setting", ""), scene.call.arguments.get("value", "").strip()
    if not key:
        return CommandAnswer("\n".join(_settings_lines(scene)))
    if key not in SETTINGS:
        return scene.say("settings.unknown", values=", ".join(SETTINGS))
    kept, usable = SETTINGS[key].read(value, scene.facts.face_ids)
    if not usable:
        return scene.say("settings.unknown", values=_values(scene, key))
    if key == "hers" and kept and scene.call.place.platform == "discord" and not scene.facts.message_content:
        return scene.say("settings.message_content")
    reason = scene.call.arguments.get("reason", "").strip()
    await set_space(scene.work, scene.actor, scene.space, key, _to_keep(scene, key, kept), reason, scene.now)
    return scene.say("settings.done", setting=key, value=value)


async def show_policy(scene: Scene) -> CommandAnswer:
    """Show the rules, the length of a block at each level, and what this space has set of it."""
    settings = scene.space.settings
    lines = [scene.text("policy.opening")]
    for category in CATEGORIES:
        lengths = [_level(scene, length_s) for length_s in BLOCK_S[category]]
        lines.append(
            scene.text(
                "policy.line",
                category=scene.text(f"category.{category}"),
                rule=scene.text(f"rule.{category}"),
                lengths=" → ".join(lengths),
            )
        )
    fade_days = scene.facts.fade_days
    lines.append(scene.text("policy.fading", days=fade_days) if fade_days else scene.text("policy.no_fading"))
    scope = "space" if settings.get("block_scope") == "server" else "channel"
    lines.append(scene.text("policy.scope", scope=scene.text(f"scope.{scope}")))
    lines.append(scene.text("policy.strictness", strictness=settings.get("strictness", "normal")))
    if settings.get("shadow"):
        lines.append(scene.text("policy.shadow"))
    return CommandAnswer("\n".join(lines))


def _to_keep(scene: Scene, key: str, value: Any) -> Any:
    channel = scene.call.place.channel_id
    if key == "hers":
        channels = set(scene.space.settings.get("hers", ()))
        return sorted(channels | {channel} if value else channels - {channel})
    if key == "moderators_channel":
        return channel if value == "here" else None
    return value


def _settings_lines(scene: Scene) -> list[str]:
    settings, channel = scene.space.settings, scene.call.place.channel_id
    return [
        scene.text("settings.opening"),
        *(f"{key}: {shown(key, settings, channel)} ({_values(scene, key)})" for key in SETTINGS),
    ]


def _values(scene: Scene, key: str) -> str:
    return f"{', '.join(scene.facts.face_ids)} / off" if key == "face" else SETTINGS[key].shown_values


def _level(scene: Scene, length_s: int) -> str:
    return length_text(length_s, scene.who.language) if length_s else scene.text("policy.warning")


ACTIONS: tuple[Action, ...] = ()
COMMANDS: tuple[Command, ...] = (
    Command(
        CommandSpec(
            "settings",
            moderators_only=True,
            parameters=(
                CommandParameter("setting", required=False, kind="choice", choices=tuple(SETTINGS)),
                CommandParameter("value", required=False),
                CommandParameter("reason", required=False),
            ),
        ),
        change_setting,
    ),
    Command(CommandSpec("policy", moderators_only=True), show_policy),
)
