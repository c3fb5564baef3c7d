"""A person's own warnings and blocks here, and the appeal against them."""

from __future__ import annotations

from bot.appeals import open_appeal
from bot.button_ids import button_id
from bot.chat import Button, CommandAnswer, CommandParameter, CommandSpec
from bot.commands.command import LONGEST_ID, Action, Command, Scene
from bot.notices import clock_text, where_text
from storage.records import SanctionRecord

SHOWN = 5  # the latest


async def appeal(scene: Scene) -> CommandAnswer:
    """List the caller's warnings and blocks here; with words, appeal against the latest one with them."""
    sanctions = await scene.work.ethics.sanctions(scene.who.person.id, scene.who.space.id)
    if not sanctions:
        return scene.say("appeal.nothing")
    words = scene.call.arguments.get("words", "").strip()
    if words:
        return scene.say(await _opened(scene, sanctions[-1].id, words))
    shown = sanctions[-SHOWN:][::-1]
    states = {each.id: await _state(scene, each) for each in shown}
    lines = [scene.text("appeal.yours"), *(_line(scene, each, states[each.id]) for each in shown)]
    buttons = tuple(
        Button(button_id("appeal", each.id), scene.text("button.appeal_number", number=each.id))
        for each in shown
        if states[each.id] == "free"
    )
    return CommandAnswer("\n".join(lines), buttons=buttons)


async def appeal_clicked(scene: Scene) -> CommandAnswer:
    """Appeal against the sanction of a button, if it is the caller's own."""
    if not scene.value.isdigit() or len(scene.value) > LONGEST_ID:
        return scene.say("appeal.not_yours")
    return scene.say(await _opened(scene, int(scene.value), ""))


async def _opened(scene: Scene, sanction_id: int, words: str) -> str:
    place, author = scene.call.place, scene.call.author
    return await open_appeal(scene.work, scene.court, scene.who, place, author, sanction_id, words)


async def _state(scene: Scene, sanction: SanctionRecord) -> str:
    known = await scene.work.appeals.of_sanction(sanction.id)
    if known is not None:
        return known.state
    return "lifted" if sanction.lifted_at is not None else "free"


def _line(scene: Scene, sanction: SanctionRecord, state: str) -> str:
    return scene.text(
        f"appeal.own_{sanction.kind}",
        number=sanction.id,
        categories=", ".join(scene.text(f"category.{category}") for category in sanction.categories),
        at=clock_text(sanction.starts_at, scene.who.zone),
        until=clock_text(sanction.ends_at, scene.who.zone),
        scope=where_text(scene.speech, scene.who.space, sanction.channel_key),
        state=scene.text(f"appeal.state_{state}"),
    )


ACTIONS: tuple[Action, ...] = (Action("appeal", appeal_clicked),)
COMMANDS: tuple[Command, ...] = (
    Command(
        CommandSpec("appeal", moderators_only=False, parameters=(CommandParameter("words", required=False),)), appeal
    ),
)
