"""Commands for everyone: help, language, privacy, memory, forgetting, and the reason for the last answer."""

from __future__ import annotations

import json

from bot.chat import CommandAnswer, CommandParameter, CommandSpec
from bot.commands.command import Command, Scene
from bot.moderation import Actor, erase

WHY_LINES = ("recalled", "used_summary", "verdict", "expression", "face")


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


async def tell_privacy(scene: Scene) -> CommandAnswer:
    """Tell what is kept, where and how long."""
    return scene.say("privacy.text")


async def list_memory(scene: Scene) -> CommandAnswer:
    """List what she remembers of the caller here."""
    entries = await scene.work.memory.entries(scene.who.person.id, scene.who.space.id)
    if not entries:
        return scene.say("memory.none")
    lines = [f"{number}. [{entry.key}: {entry.value}] ({entry.said_on})" for number, entry in enumerate(entries, 1)]
    return CommandAnswer("\n".join([scene.text("memory.opening"), *lines]))


async def forget(scene: Scene) -> CommandAnswer:
    """Forget the caller here, or everywhere; nothing happens until the caller says yes."""
    if scene.call.arguments.get("confirm") != "yes":
        return scene.say("forget.confirm")
    person_id = scene.who.person.id
    if scene.call.arguments.get("scope") == "everything":
        actor = Actor(scene.call.author.platform, scene.call.author.account_id, scene.call.author.display_name)
        scene.files_to_remove.extend(await erase(scene.work, actor, person_id, scene.now))
        return scene.say("forget.everything")
    removed = await scene.work.memory.clear(person_id, scene.who.space.id)
    await scene.work.summaries.clear(person_id, scene.who.space.id)
    await scene.work.people.raise_epoch(person_id)
    return scene.say("forget.here", count=removed)


async def explain(scene: Scene) -> CommandAnswer:
    """Tell, to the asker alone, what the last answer came from."""
    turn = await scene.work.turns.last_of(scene.who.conversation.id, scene.who.person.id)
    if turn is None:
        return scene.say("why.none")
    lines = [scene.text("why.opening")]
    for name in WHY_LINES:
        value = turn.trace.get(name)
        if value not in (None, {}, []):
            lines.append(f"{scene.text(f'why.{name}')}: {json.dumps(value, ensure_ascii=False)}")
    return CommandAnswer("\n".join(lines))


async def export(scene: Scene) -> CommandAnswer:
    """Send the caller everything kept about them as a JSON file."""
    data = await scene.work.people.export(scene.who.person.id)
    content = json.dumps(data, ensure_ascii=False, indent=2, default=str).encode()
    return CommandAnswer(scene.text("export.ready"), document=("oh-lora-export.json", content))


COMMANDS: tuple[Command, ...] = (
    Command(CommandSpec("help", moderators_only=False), show_help),
    Command(
        CommandSpec(
            "language",
            moderators_only=False,
            parameters=(CommandParameter("language", required=True, kind="choice", choices=("ko", "en")),),
        ),
        choose_language,
    ),
    Command(CommandSpec("privacy", moderators_only=False), tell_privacy),
    Command(CommandSpec("memory", moderators_only=False), list_memory),
    Command(
        CommandSpec(
            "forget",
            moderators_only=False,
            parameters=(
                CommandParameter("scope", required=True, kind="choice", choices=("here", "everything")),
                CommandParameter("confirm", required=False, kind="choice", choices=("yes",)),
            ),
        ),
        forget,
    ),
    Command(CommandSpec("why", moderators_only=False), explain),
    Command(CommandSpec("export", moderators_only=False), export),
)
