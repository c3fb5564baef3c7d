"""Commands for moderators of a space; they never reach beyond the space they are given in."""

from __future__ import annotations

from bot.block_length import block_length
from bot.chat import CommandAnswer, CommandParameter, CommandSpec
from bot.commands.command import LONGEST_ID, Action, Command, Scene, space_by_id
from bot.commands.pages import last_number, page_of, turning_buttons
from bot.commands.people_named import PERSON, REASON, name_of, person_named
from bot.moderation import block, blocks, pardon, reset_memory, unblock
from bot.notices import clock_text, where_text
from engine.rules.sanctions import length_text

LOG_LINES = 100


async def list_blocks(scene: Scene) -> CommandAnswer:
    """List who is blocked in this space, until when, where and why."""
    return await _blocks_page(scene, 0)


async def turn_blocks(scene: Scene) -> CommandAnswer:
    """Show another page of the blocks."""
    return await _blocks_page(scene, last_number(scene.value), in_place=True)


async def block_person(scene: Scene) -> CommandAnswer:
    """Block a person by hand, for a length and with a reason that the person is told."""
    person_id = await person_named(scene)
    if person_id is None:
        return scene.say("person.unknown")
    if person_id == scene.who.person.id:
        return scene.say("block.yourself")
    length_s = block_length(scene.call.arguments.get("length", ""))
    if length_s is None:
        return scene.say("block.length_unknown")
    scope = scene.call.arguments.get("scope") or scene.space.settings.get("block_scope", "channel")
    made = await block(
        scene.work,
        scene.actor,
        scene.space,
        person_id,
        channel_key=None if scope == "server" else scene.call.place.channel_id,
        length_s=length_s,
        reason=scene.call.arguments["reason"].strip(),
        now=scene.now,
    )
    return scene.say(
        "block.done",
        person=await name_of(scene, person_id),
        length=length_text(length_s, scene.who.language),
        until=clock_text(made.ends_at, scene.who.zone),
        scope=where_text(scene.speech, scene.space, made.channel_key),
    )


async def lift_block(scene: Scene) -> CommandAnswer:
    """Lift every block of a person in this space."""
    person_id = await person_named(scene)
    if person_id is None:
        return scene.say("person.unknown")
    reason = scene.call.arguments["reason"].strip()
    lifted = await unblock(scene.work, scene.actor, scene.space, person_id, reason, scene.now)
    return scene.say("unblock.done" if lifted else "unblock.none", person=await name_of(scene, person_id))


async def list_warnings(scene: Scene) -> CommandAnswer:
    """List a person's ethics events in this space."""
    person_id = await person_named(scene)
    if person_id is None:
        return scene.say("person.unknown")
    lines = []
    for event in await scene.work.ethics.events(person_id, scene.space.id):
        marks = [scene.text("warnings.overturned")] if event.overturned_at else []
        marks += [scene.text("warnings.shadow")] if event.shadow else []
        line = scene.text(
            "warnings.line",
            id=event.id,
            at=clock_text(event.at, scene.who.zone),
            category=scene.text(f"category.{event.category}"),
            level=event.level,
            score=f"{event.score:.2f}",
        )
        lines.append(" ".join([line, *marks]))
    if not lines:
        return scene.say("warnings.none")
    return CommandAnswer("\n".join([scene.text("warnings.opening"), *lines]))


async def pardon_event(scene: Scene) -> CommandAnswer:
    """Make one event count for nothing; levels and blocks follow."""
    number = scene.call.arguments.get("event", "").strip().removeprefix("#")
    if not number.isdigit() or len(number) > LONGEST_ID:
        return scene.say("pardon.none")
    reason = scene.call.arguments["reason"].strip()
    person_id = await pardon(
        scene.work, scene.actor, scene.space, int(number), reason, scene.now, scene.facts.fade_days
    )
    if person_id is None:
        return scene.say("pardon.none")
    return scene.say("pardon.done", event=number, person=await name_of(scene, person_id))


async def forget_person(scene: Scene) -> CommandAnswer:
    """Reset what she remembers of a person in this space."""
    person_id = await person_named(scene)
    if person_id is None:
        return scene.say("person.unknown")
    reason = scene.call.arguments["reason"].strip()
    removed = await reset_memory(scene.work, scene.actor, scene.space, person_id, reason, scene.now)
    return scene.say("resetmemory.done", person=await name_of(scene, person_id), count=removed)


async def show_log(scene: Scene) -> CommandAnswer:
    """Show the latest acts of moderators in this space."""
    return await _log_page(scene, 0)


async def turn_log(scene: Scene) -> CommandAnswer:
    """Show another page of the log."""
    return await _log_page(scene, last_number(scene.value), in_place=True)


async def _blocks_page(scene: Scene, page: int, *, in_place: bool = False) -> CommandAnswer:
    shown, page, pages = page_of(await blocks(scene.work, scene.space, scene.now), page)
    if not shown:
        return CommandAnswer(scene.text("blocks.none"), in_place=in_place)
    lines = [scene.text("blocks.opening")]
    for each in shown:
        reasons = [scene.text(f"reason.{category}") for category in each.categories]
        lines.append(
            scene.text(
                "blocks.line",
                person=await name_of(scene, each.person_id),
                until=clock_text(each.ends_at, scene.who.zone),
                scope=where_text(scene.speech, scene.space, each.channel_key),
                reason=", ".join(reasons + ([each.reason] if each.reason else [])),
            )
        )
    return CommandAnswer(
        "\n".join(lines), buttons=turning_buttons("blocks", scene.space.id, page, pages), in_place=in_place
    )


async def _log_page(scene: Scene, page: int, *, in_place: bool = False) -> CommandAnswer:
    shown, page, pages = page_of(await scene.work.audit.list(scene.space.id, LOG_LINES), page)
    if not shown:
        return CommandAnswer(scene.text("modlog.none"), in_place=in_place)
    lines = [scene.text("modlog.opening")]
    for entry in shown:
        target = await name_of(scene, entry.target_person_id) if entry.target_person_id else ""
        details = entry.details
        told = [details.get(name) for name in ("key", "value", "reason")]
        what = " ".join(str(value) for value in told if value not in (None, ""))
        who = entry.actor_name or entry.actor_account
        lines.append(f"{clock_text(entry.at, scene.who.zone)} {who}: {entry.act} {target} {what}".rstrip())
    return CommandAnswer(
        "\n".join(lines), buttons=turning_buttons("modlog", scene.space.id, page, pages), in_place=in_place
    )


ACTIONS: tuple[Action, ...] = (
    Action("blocks", turn_blocks, space_by_id),
    Action("modlog", turn_log, space_by_id),
)
COMMANDS: tuple[Command, ...] = (
    Command(CommandSpec("blocks", moderators_only=True), list_blocks),
    Command(CommandSpec("unblock", moderators_only=True, parameters=(PERSON, REASON)), lift_block),
    Command(
        CommandSpec(
            "block",
            moderators_only=True,
            parameters=(
                PERSON,
                CommandParameter("length", required=True),
                CommandParameter("scope", required=False, kind="choice", choices=("channel", "server")),
                REASON,
            ),
        ),
        block_person,
    ),
    Command(CommandSpec("warnings", moderators_only=True, parameters=(PERSON,)), list_warnings),
    Command(
        CommandSpec("pardon", moderators_only=True, parameters=(CommandParameter("event", required=True), REASON)),
        pardon_event,
    ),
    Command(CommandSpec("resetmemory", moderators_only=True, parameters=(PERSON, REASON)), forget_person),
    Command(CommandSpec("modlog", moderators_only=True), show_log),
)
