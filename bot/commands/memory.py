"""What she remembers of the caller: see it, add a note, delete one entry, forget it all."""

from __future__ import annotations

from bot.button_ids import button_id
from bot.chat import Button, CommandAnswer, CommandParameter, CommandSpec
from bot.commands.command import LONGEST_ID, Action, Command, Scene, space_by_id
from bot.commands.pages import last_number, page_of, turning_buttons
from bot.memory_scope import forget_at, memories_at
from bot.moderation import erase
from engine.rules.memory_store import plan_write
from engine.rules.weekday import effective_date
from storage.records import MemoryRecord, SpaceRecord

PER_PAGE = 8
LONGEST_NOTE = 200
MOST_ENTRIES = 500  # beyond it a note is refused; she forgets nothing by herself
BRACKETS = str.maketrans(dict.fromkeys("[](){}", " "))


async def memory(scene: Scene) -> CommandAnswer:
    """List what she remembers of the caller here; delete the entry of a number, or add a note."""
    number, note = scene.call.arguments.get("delete", ""), scene.call.arguments.get("note", "")
    if note.strip():
        return await _add_note(scene, note)
    if number.strip():
        return await _delete_number(scene, number)
    return await _listed(scene, scene.who.space, 0)


async def turn_page(scene: Scene) -> CommandAnswer:
    """Show another page of the list."""
    return await _listed(scene, await _space_named(scene, scene.value), last_number(scene.value), in_place=True)


async def delete_one(scene: Scene) -> CommandAnswer:
    """Delete the entry of a button and show the list without it."""
    _, entry_id, page = [*scene.value.split(":"), "", "", ""][:3]
    is_id = entry_id.isdigit() and len(entry_id) <= LONGEST_ID
    entry = await scene.work.memory.get(int(entry_id)) if is_id else None
    if entry is not None and entry.person_id == scene.who.person.id:
        await scene.work.memory.delete(entry.id)
    return await _listed(scene, await _space_named(scene, scene.value), last_number(page), in_place=True)


async def forget(scene: Scene) -> CommandAnswer:
    """Ask what to forget; nothing happens until the caller says yes, by a button or a word."""
    scope = scene.call.arguments.get("scope")
    if scene.call.arguments.get("confirm") == "yes" and scope in ("here", "everything"):
        return await (_forget_everything(scene) if scope == "everything" else _forget_here(scene, scene.who.space))
    here = Button(button_id("forget", "here", scene.who.space.id), scene.text("button.forget_here"), "danger")
    everything = Button(button_id("forget", "everything"), scene.text("button.forget_everything"), "danger")
    buttons = {"here": (here,), "everything": (everything,)}.get(scope or "", (here, everything))
    never_mind = Button(button_id("forget", "no"), scene.text("button.never_mind"))
    return CommandAnswer(scene.text("forget.confirm"), buttons=(*buttons, never_mind))


async def forget_confirmed(scene: Scene) -> CommandAnswer:
    """Do what the clicked button of `/forget` says."""
    if scene.value == "everything":
        return await _forget_everything(scene, in_place=True)
    if scene.value.startswith("here:"):
        return await _forget_here(scene, await _space_named(scene, scene.value.removeprefix("here:")), in_place=True)
    return CommandAnswer(scene.text("forget.nothing_done"), in_place=True)


async def _add_note(scene: Scene, note: str) -> CommandAnswer:
    value = " ".join(note.translate(BRACKETS).replace(":", " ").split())[:LONGEST_NOTE]
    known = await memories_at(scene.work, scene.who.person, scene.who.space)
    if len(known) >= MOST_ENTRIES:
        return scene.say("memory.full", most=MOST_ENTRIES)
    today = effective_date(scene.now.astimezone(scene.who.zone))
    key = scene.text("memory.note_key")
    if not value or any((entry.key, entry.value) == (key, value) for entry in known):
        return scene.say("memory.note_known")
    # Planned as if nothing were known: a note of a person's own never takes the place of another memory.
    write = plan_write((), key, value, today, None)
    if write is None:
        return scene.say("memory.note_known")
    made = write.entry
    await scene.work.memory.add(
        person_id=scene.who.person.id,
        space_id=scene.who.space.id,
        key=made.key,
        value=made.value,
        said_on=made.said_on,
        due_on=made.due_on,
    )
    return scene.say("memory.noted", note=made.value)


async def _delete_number(scene: Scene, number: str) -> CommandAnswer:
    entries = await memories_at(scene.work, scene.who.person, scene.who.space)
    chosen = int(number) if number.strip().isdigit() and len(number) < 9 else 0
    if not 1 <= chosen <= len(entries):
        return scene.say("memory.no_such_number", count=len(entries))
    entry = entries[chosen - 1]
    await scene.work.memory.delete(entry.id)
    return scene.say("memory.deleted", entry=f"[{entry.key}: {entry.value}]")


async def _listed(scene: Scene, space: SpaceRecord, page: int, *, in_place: bool = False) -> CommandAnswer:
    entries = await memories_at(scene.work, scene.who.person, space)
    if not entries:
        return CommandAnswer(scene.text("memory.none"), in_place=in_place)
    shown, page, pages = page_of(list(enumerate(entries, 1)), page, PER_PAGE)
    lines = [scene.text("memory.opening"), *(_line(scene, number, entry) for number, entry in shown)]
    delete = [
        Button(button_id("memory-delete", space.id, entry.id, page), f"🗑 {number}", "danger") for number, entry in shown
    ]
    return CommandAnswer(
        "\n".join(lines), buttons=(*delete, *turning_buttons("memory", space.id, page, pages)), in_place=in_place
    )


def _line(scene: Scene, number: int, entry: MemoryRecord) -> str:
    day = scene.text("memory.due", day=entry.due_on) if entry.due_on else ""
    return f"{number}. [{entry.key}: {entry.value}] ({entry.said_on}{day})"


async def _forget_here(scene: Scene, space: SpaceRecord, *, in_place: bool = False) -> CommandAnswer:
    removed = await forget_at(scene.work, scene.who.person, space)
    scene.after.clear_database_files = True
    return CommandAnswer(scene.text("forget.here", count=removed), in_place=in_place)


async def _forget_everything(scene: Scene, *, in_place: bool = False) -> CommandAnswer:
    paths = await erase(scene.work, scene.actor, scene.who.person.id, scene.now)
    scene.after.files_to_remove.extend(paths)
    scene.after.clear_database_files = True
    return CommandAnswer(scene.text("forget.everything"), in_place=in_place)


async def _space_named(scene: Scene, value: str) -> SpaceRecord:
    """Return the space of a button's value; whatever it names, only the caller's own entries there are touched."""
    return await space_by_id(scene.work, value) or scene.who.space


ACTIONS: tuple[Action, ...] = (
    Action("memory", turn_page),
    Action("memory-delete", delete_one),
    Action("forget", forget_confirmed),
)
COMMANDS: tuple[Command, ...] = (
    Command(
        CommandSpec(
            "memory",
            moderators_only=False,
            parameters=(
                CommandParameter("delete", required=False, kind="number"),
                CommandParameter("note", required=False),
            ),
        ),
        memory,
    ),
    Command(
        CommandSpec(
            "forget",
            moderators_only=False,
            parameters=(
                CommandParameter("scope", required=False, kind="choice", choices=("here", "everything")),
                CommandParameter("confirm", required=False, kind="choice", choices=("yes",)),
            ),
        ),
        forget,
    ),
)
