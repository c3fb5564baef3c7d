"""The last answer once more, and whether a picture is hers."""

from __future__ import annotations

from bot.again import ask_again
from bot.chat import CommandAnswer, CommandParameter, CommandSpec
from bot.commands.command import Action, Command, Scene
from bot.verification import verify


async def again(scene: Scene) -> CommandAnswer:
    """Have the last message answered again; it takes its place in line."""
    return scene.say(await ask_again(scene.work, scene.call, scene.who, scene.facts.queue, scene.now))


async def verify_picture(scene: Scene) -> CommandAnswer:
    """Tell whether she made the picture that came with the command."""
    if scene.fingerprint is None:
        return scene.say("verify.no_picture")
    return scene.say(f"verify.{await verify(scene.work, scene.fingerprint)}")


ACTIONS: tuple[Action, ...] = ()
COMMANDS: tuple[Command, ...] = (
    Command(CommandSpec("again", moderators_only=False), again),
    Command(
        CommandSpec(
            "verify",
            moderators_only=False,
            parameters=(CommandParameter("picture", required=False, kind="image"),),
        ),
        verify_picture,
    ),
)
