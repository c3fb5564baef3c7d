"""Commands for moderators of a space; they never reach beyond the space they are given in."""

from __future__ import annotations

from bot.chat import CommandAnswer, CommandParameter, CommandSpec
from bot.commands.command import Command, Scene
from bot.moderation import Actor, blocks, reset_memory, set_space, unblock
from bot.notices import clock_text

LOG_LINES = 20
PERSON = CommandParameter("person", required=True, kind="person")
REASON = CommandParameter("reason", required=True)


def actor_of(scene: Scene) -> Actor:
    """Return the caller as the actor of an act."""
    author = scene.call.author
    return Actor(author.platform, author.account_id, author.display_name)


async def person_named(scene: Scene) -> int | None:
    """Return the person whose account the caller named, when she knows them."""
    account = scene.call.arguments.get("person", "").strip()
    found = await scene.work.people.find(scene.call.place.platform, account)
    return found.person_id if found else None


async def list_blocks(scene: Scene) -> CommandAnswer:
    """List who is blocked in this space, until when and why."""
    lines = []
    for block in await blocks(scene.work, scene.who.space, scene.now):
        reason = ", ".join(scene.text(f"reason.{category}") for category in block.categories)
        until = clock_text(block.ends_at, scene.who.zone)
        lines.append(f"{await name_of(scene, block.person_id)} - {until} - {reason}")
    if not lines:
        return scene.say("blocks.none")
    return CommandAnswer("\n".join([scene.text("blocks.opening"), *lines]))


async def name_of(scene: Scene, person_id: int) -> str:
    """Name a person by their accounts on this platform."""
    accounts = await scene.work.people.accounts(person_id)
    named = [
        f"{account.display_name} ({account.account_id})"
        for account in accounts
        if account.platform == scene.call.place.platform
    ]
    return ", ".join(named) or scene.text("person.elsewhere")


async def lift_block(scene: Scene) -> CommandAnswer:
    """Lift every block of a person in this space."""
    person_id = await person_named(scene)
    if person_id is None:
        return scene.say("person.unknown")
    reason = scene.call.arguments.get("reason", "")
    lifted = await unblock(scene.work, actor_of(scene), scene.who.space, person_id, reason, scene.now)
    return scene.say("unblock.done" if lifted else "unblock.none", person=await name_of(scene, person_id))


async def list_warnings(scene: Scene) -> CommandAnswer:
    """List a person's ethics events in this space."""
    person_id = await person_named(scene)
    if person_id is None:
        return scene.say("person.unknown")
    lines = []
    for event in await scene.work.ethics.events(person_id, scene.who.space.id):
        mark = scene.text("warnings.overturned") if event.overturned_at else ""
        category = scene.text(f"category.{event.category}")
        lines.append(f"#{event.id} {clock_text(event.at, scene.who.zone)} {category} {event.level} {mark}".rstrip())
    if not lines:
        return scene.say("warnings.none")
    return CommandAnswer("\n".join([scene.text("warnings.opening"), *lines]))


async def forget_person(scene: Scene) -> CommandAnswer:
    """Reset what she remembers of a person in this space."""
    person_id = await person_named(scene)
    if person_id is None:
        return scene.say("person.unknown")
    reason = scene.call.arguments.get("reason", "")
    removed = await reset_memory(scene.work, actor_of(scene), scene.who.space, person_id, reason, scene.now)
    return scene.say("resetmemory.done", person=await name_of(scene, person_id), count=removed)


async def show_log(scene: Scene) -> CommandAnswer:
    """Show the latest acts of moderators in this space."""
    lines = []
    for entry in await scene.work.audit.list(scene.who.space.id, LOG_LINES):
        target = await name_of(scene, entry.target_person_id) if entry.target_person_id else ""
        reason = entry.details.get("reason", "")
        who = entry.actor_name or entry.actor_account
        lines.append(f"{clock_text(entry.at, scene.who.zone)} {who}: {entry.act} {target} {reason}".rstrip())
    if not lines:
        return scene.say("modlog.none")
    return CommandAnswer("\n".join([scene.text("modlog.opening"), *lines]))


SETTINGS: dict[str, tuple[str, ...]] = {
    "hers": ("on", "off"),
    "block_scope": ("channel", "server"),
    "strictness": ("lenient", "normal", "strict"),
    "shadow": ("on", "off"),
    "language": ("ko", "en"),
}


async def change_setting(scene: Scene) -> CommandAnswer:
    """Show the settings of this space, or change one."""
    key, value = scene.call.arguments.get("setting", ""), scene.call.arguments.get("value", "")
    if not key:
        return CommandAnswer("\n".join(_settings_lines(scene)))
    if value not in SETTINGS.get(key, ()):
        return scene.say("settings.unknown", values=", ".join(SETTINGS.get(key, tuple(SETTINGS))))
    if key == "hers" and value == "on" and scene.call.place.platform == "discord" and not scene.message_content:
        return scene.say("settings.message_content")
    if key == "hers":
        channels = set(scene.who.space.settings.get("hers", []))
        channels = (
            channels | {scene.call.place.channel_id} if value == "on" else channels - {scene.call.place.channel_id}
        )
        await set_space(scene.work, actor_of(scene), scene.who.space, "hers", sorted(channels), scene.now)
    else:
        kept: object = value == "on" if key == "shadow" else value
        await set_space(scene.work, actor_of(scene), scene.who.space, key, kept, scene.now)
    return scene.say("settings.done", setting=key, value=value)


def _settings_lines(scene: Scene) -> list[str]:
    settings = scene.who.space.settings
    here = scene.call.place.channel_id in settings.get("hers", [])
    shown = {
        "hers": "on" if here else "off",
        "block_scope": settings.get("block_scope", "channel"),
        "strictness": settings.get("strictness", "normal"),
        "shadow": "on" if settings.get("shadow") else "off",
        "language": settings.get("language", "-"),
    }
    return [scene.text("settings.opening"), *(f"{key}: {shown[key]} ({' / '.join(SETTINGS[key])})" for key in SETTINGS)]


COMMANDS: tuple[Command, ...] = (
    Command(CommandSpec("blocks", moderators_only=True), list_blocks),
    Command(CommandSpec("unblock", moderators_only=True, parameters=(PERSON, REASON)), lift_block),
    Command(CommandSpec("warnings", moderators_only=True, parameters=(PERSON,)), list_warnings),
    Command(CommandSpec("resetmemory", moderators_only=True, parameters=(PERSON, REASON)), forget_person),
    Command(CommandSpec("modlog", moderators_only=True), show_log),
    Command(
        CommandSpec(
            "settings",
            moderators_only=True,
            parameters=(
                CommandParameter("setting", required=False, kind="choice", choices=tuple(SETTINGS)),
                CommandParameter("value", required=False),
            ),
        ),
        change_setting,
    ),
)
