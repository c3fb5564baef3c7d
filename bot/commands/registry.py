"""Every command there is, and the one way to carry one out."""

from __future__ import annotations

from bot.chat import CommandAnswer, CommandSpec
from bot.commands import everyone, look, moderators
from bot.commands.command import Command, Scene

COMMANDS: dict[str, Command] = {
    command.spec.name: command for command in (*everyone.COMMANDS, *look.COMMANDS, *moderators.COMMANDS)
}


def specs() -> tuple[CommandSpec, ...]:
    """Return the specification of every command, in the order people see them."""
    return tuple(command.spec for command in COMMANDS.values())


async def carry_out(scene: Scene) -> CommandAnswer:
    """Carry out the command of a scene; an unknown one or a missing right is answered with what to do."""
    command = COMMANDS.get(scene.call.name)
    if command is None:
        return scene.say("command_unknown")
    if command.spec.moderators_only:
        if scene.call.place.kind == "direct" and not scene.is_operator:
            return scene.say("moderators_not_here")
        if not (scene.call.may_moderate or scene.is_operator):
            return scene.say("moderators_only")
    missing = [
        parameter.name
        for parameter in command.spec.parameters
        if parameter.required and not scene.call.arguments.get(parameter.name, "").strip()
    ]
    if missing:
        return scene.say("command_incomplete", command=command.spec.name, missing=", ".join(missing))
    return await command.carry_out(scene)
