"""Appeals for those who decide them: the list, and the two buttons."""

from __future__ import annotations

from bot.appeals import Decision, appeal_text, decide, decision_buttons
from bot.chat import CommandAnswer, CommandSpec
from bot.commands.command import LONGEST_ID, Action, Command, Scene, space_by_id
from bot.commands.pages import last_number, page_of, turning_buttons
from storage.records import SpaceRecord
from storage.work import UnitOfWork


async def list_appeals(scene: Scene) -> CommandAnswer:
    """Show the oldest appeal of this space that nobody has decided."""
    return await _appeals_page(scene, 0)


async def turn_appeals(scene: Scene) -> CommandAnswer:
    """Show another appeal."""
    return await _appeals_page(scene, last_number(scene.value), in_place=True)


async def overturn(scene: Scene) -> CommandAnswer:
    """Decide that the sanction was wrong."""
    return await _decided(scene, "overturned")


async def uphold(scene: Scene) -> CommandAnswer:
    """Decide that the sanction stands."""
    return await _decided(scene, "upheld")


async def space_of_appeal(work: UnitOfWork, value: str) -> SpaceRecord | None:
    """Return the space of the appeal that a button names; its moderators alone may decide it."""
    appeal = await work.appeals.get(int(value)) if value.isdigit() and len(value) <= LONGEST_ID else None
    return await work.spaces.get(appeal.space_id) if appeal is not None else None


async def _appeals_page(scene: Scene, page: int, *, in_place: bool = False) -> CommandAnswer:
    shown, page, pages = page_of(await scene.work.appeals.undecided(scene.space.id), page, 1)
    if not shown:
        return CommandAnswer(scene.text("appeals.none"), in_place=in_place)
    [appeal] = shown
    text = await appeal_text(scene.work, scene.speech, appeal)
    return CommandAnswer(
        f"{scene.text('appeals.opening', number=page + 1, count=pages)}\n{text}",
        buttons=(
            *decision_buttons(scene.speech, appeal.id),
            *turning_buttons("appeals", scene.space.id, page, pages),
        ),
        in_place=in_place,
    )


async def _decided(scene: Scene, decision: Decision) -> CommandAnswer:
    appeal = await scene.work.appeals.get(int(scene.value))
    if appeal is None:
        return scene.say("appeals.none")
    if appeal.person_id == scene.who.person.id and not scene.is_operator:
        return scene.say("appeal.own")
    await decide(scene.work, scene.court, scene.actor, appeal, decision)
    known = await scene.work.appeals.get(appeal.id) or appeal
    return CommandAnswer(await appeal_text(scene.work, scene.speech, known), in_place=True)


ACTIONS: tuple[Action, ...] = (
    Action("appeals", turn_appeals, space_by_id),
    Action("overturn", overturn, space_of_appeal),
    Action("uphold", uphold, space_of_appeal),
)
COMMANDS: tuple[Command, ...] = (Command(CommandSpec("appeals", moderators_only=True), list_appeals),)
