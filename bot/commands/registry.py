"""Every command and button there is, and the one way to carry one out."""

from __future__ import annotations

from bot.chat import CommandAnswer, CommandSpec
from bot.commands import appeal, conversation, everyone, judging, link, look, memory, moderators, space
from bot.commands.command import Action, Command, Scene

_MODULES = (everyone, conversation, memory, look, appeal, link, moderators, judging, space)
COMMANDS: dict[str, Command] = {command.spec.name: command for module in _MODULES for command in module.COMMANDS}
ACTIONS: dict[str, Action] = {action.name: action for module in _MODULES for action in module.ACTIONS}


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


async def press(scene: Scene) -> CommandAnswer:
    """Carry out the action of a scene; `call.may_moderate` is the caller's right in the space it is about."""
    action = ACTIONS.get(scene.call.name)
    if action is None:
        return scene.say("button_unknown")
    if action.space_of is not None and not (scene.call.may_moderate or scene.is_operator):
        return scene.say("moderators_only")
    return await action.carry_out(scene)
