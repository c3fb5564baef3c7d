"""Commands for her look: face, hair and motion, with pictures to choose from."""

from __future__ import annotations

import random

from bot.button_ids import button_id
from bot.chat import Button, CommandAnswer, CommandParameter, CommandSpec
from bot.commands.command import Action, Command, Scene
from bot.commands.pages import last_number, page_of, turning_buttons
from bot.previews import UNDYED, PictureWish
from engine.turn_types import Ombre
from storage.records import PersonRecord

DEFAULT_HUE, DEFAULT_HEIGHT, DEFAULT_GRADIENT = 280, 60, 50  # degrees, percent, percent: the middle of the schedule
HUE_STEP, SHARE_STEP = 30, 10
FACES_PER_PAGE = 6


async def choose_face(scene: Scene) -> CommandAnswer:
    """Choose one of the catalogue's faces by name or at random, or see them."""
    wanted = scene.call.arguments.get("face", "").strip()
    if wanted == "random":
        return await _chosen_face(scene, random.choice(scene.facts.face_ids))
    if wanted in scene.facts.face_ids:
        return await _chosen_face(scene, wanted)
    page = scene.facts.face_ids.index(scene.who.person.face_id) // FACES_PER_PAGE if _has_face(scene) else 0
    return _gallery(scene, page)


async def show_gallery(scene: Scene) -> CommandAnswer:
    """Show another page of faces."""
    return _gallery(scene, last_number(scene.value), in_place=True)


async def pick_face(scene: Scene) -> CommandAnswer:
    """Take the face of a button."""
    face = random.choice(scene.facts.face_ids) if scene.value == "random" else scene.value
    if face not in scene.facts.face_ids:
        return _gallery(scene, 0, in_place=True)
    return await _chosen_face(scene, face, in_place=True)


async def choose_hair(scene: Scene) -> CommandAnswer:
    """Dye her hair: a hue in degrees with height and gradient in percent; nothing given shows how it is now."""
    arguments = scene.call.arguments
    if arguments.get("hue") == "cycle":
        return await _cycle(scene)
    hue = _number(arguments.get("hue"), 0, 359)
    height = _number(arguments.get("height"), 0, 100)
    gradient = _number(arguments.get("gradient"), 0, 100)
    if None in (hue, height, gradient):
        return scene.say("hair.unknown")
    if not any(arguments.get(name) for name in ("hue", "height", "gradient")):
        return _hair_shown(scene, *_dye_of(scene.who.person))
    now_hue, now_height, now_gradient = _dye_of(scene.who.person)
    return await _dye(
        scene,
        round(now_hue if hue in (None, -1) else hue),
        round(now_height if height in (None, -1) else height),
        round(now_gradient if gradient in (None, -1) else gradient),
    )


async def change_hair(scene: Scene) -> CommandAnswer:
    """Take the dye of a button."""
    if scene.value == "cycle":
        return await _cycle(scene, in_place=True)
    parts = scene.value.split(":")
    if len(parts) != 3 or not all(part.isdigit() and len(part) < 4 for part in parts):
        return scene.say("hair.unknown")
    hue, height, gradient = (int(part) for part in parts)
    return await _dye(scene, hue % 360, min(height, 100), min(gradient, 100), in_place=True)


async def choose_motion(scene: Scene) -> CommandAnswer:
    """Choose still pictures or moving ones."""
    motion = scene.call.arguments.get("motion", "") or scene.value
    if motion not in ("still", "moving"):
        return scene.say("motion.unknown")
    await scene.work.people.set_preferences(scene.who.person.id, motion=motion)
    return scene.say(f"motion.{motion}")


def _has_face(scene: Scene) -> bool:
    return scene.who.person.face_id in scene.facts.face_ids


def _gallery(scene: Scene, page: int, *, in_place: bool = False) -> CommandAnswer:
    shown, page, pages = page_of(scene.facts.face_ids, page, FACES_PER_PAGE)
    first = page * FACES_PER_PAGE + 1
    scene.after.picture = PictureWish(tuple(shown), scene.text("face.sheet_alt", count=len(shown)), first_number=first)
    picks = [
        Button(button_id("face-pick", face), f"{number}: {face}", "primary") for number, face in enumerate(shown, first)
    ]
    more = Button(button_id("face-pick", "random"), scene.text("button.random"))
    return CommandAnswer(
        scene.text("face.gallery", page=page + 1, pages=pages, count=len(scene.facts.face_ids)),
        buttons=(*picks, *turning_buttons("face", "page", page, pages), more),
        in_place=in_place,
    )


async def _chosen_face(scene: Scene, face: str, *, in_place: bool = False) -> CommandAnswer:
    await scene.work.people.set_preferences(scene.who.person.id, face_id=face)
    scene.after.picture = PictureWish((face,), scene.text("face.alt", face=face), _ombre_of(scene.who.person))
    back = Button(button_id("face", "page", scene.facts.face_ids.index(face) // FACES_PER_PAGE), "◀")
    return CommandAnswer(scene.text("face.set", face=face), buttons=(back,), in_place=in_place)


async def _cycle(scene: Scene, *, in_place: bool = False) -> CommandAnswer:
    await scene.work.people.set_preferences(
        scene.who.person.id, hue=None, height=None, gradient=None, hair_cycling=True
    )
    dye = Button(button_id("hair", DEFAULT_HUE, DEFAULT_HEIGHT, DEFAULT_GRADIENT), scene.text("button.dye"), "primary")
    return CommandAnswer(scene.text("hair.cycle"), buttons=(dye,), in_place=in_place)


async def _dye(scene: Scene, hue: int, height: int, gradient: int, *, in_place: bool = False) -> CommandAnswer:
    await scene.work.people.set_preferences(
        scene.who.person.id, hue=hue / 360, height=height / 100, gradient=gradient / 100, hair_cycling=False
    )
    return _hair_shown(scene, hue, height, gradient, key="hair.set", in_place=in_place)


def _hair_shown(
    scene: Scene, hue: int, height: int, gradient: int, *, key: str = "hair.now", in_place: bool = False
) -> CommandAnswer:
    face = scene.who.person.face_id if _has_face(scene) else scene.facts.face_ids[0]
    text = scene.text(key, hue=hue, height=height, gradient=gradient)
    scene.after.picture = PictureWish((str(face),), text, Ombre(hue / 360, height / 100, gradient / 100))
    lower, higher = max(height - SHARE_STEP, 0), min(height + SHARE_STEP, 100)
    harder, softer = max(gradient - SHARE_STEP, 0), min(gradient + SHARE_STEP, 100)
    choices = [
        (((hue - HUE_STEP) % 360, height, gradient), "button.hue_back"),
        (((hue + HUE_STEP) % 360, height, gradient), "button.hue_on"),
        ((hue, lower, gradient), "button.lower"),
        ((hue, higher, gradient), "button.higher"),
        ((hue, height, harder), "button.harder"),
        ((hue, height, softer), "button.softer"),
    ]
    # At the end of a range two buttons would be the same as the state, and ids within a message must differ.
    others = [(values, label) for values, label in choices if values != (hue, height, gradient)]
    buttons = [Button(button_id("hair", *values), scene.text(label)) for values, label in others]
    return CommandAnswer(
        text, buttons=(*buttons, Button(button_id("hair", "cycle"), scene.text("button.cycle"))), in_place=in_place
    )


def _dye_of(person: PersonRecord) -> tuple[int, int, int]:
    if person.hue is None or person.height is None or person.gradient is None or person.hair_cycling:
        return DEFAULT_HUE, DEFAULT_HEIGHT, DEFAULT_GRADIENT
    return round(person.hue * 360) % 360, round(person.height * 100), round(person.gradient * 100)


def _ombre_of(person: PersonRecord) -> Ombre:
    if person.hue is None or person.height is None or person.gradient is None or person.hair_cycling:
        return UNDYED
    return Ombre(person.hue, person.height, person.gradient)


def _number(text: str | None, low: float, high: float) -> float | None:
    """Return a number within its range, -1 when none was given, None when it is unusable."""
    if not text:
        return -1
    try:
        value = float(text)
    except ValueError:
        return None
    return value if low <= value <= high else None


ACTIONS: tuple[Action, ...] = (
    Action("face", show_gallery),
    Action("face-pick", pick_face),
    Action("hair", change_hair),
)
COMMANDS: tuple[Command, ...] = (
    Command(
        CommandSpec("face", moderators_only=False, parameters=(CommandParameter("face", required=False),)), choose_face
    ),
    Command(
        CommandSpec(
            "hair",
            moderators_only=False,
            parameters=(
                CommandParameter("hue", required=False),
                CommandParameter("height", required=False, kind="number"),
                CommandParameter("gradient", required=False, kind="number"),
            ),
        ),
        choose_hair,
    ),
    Command(
        CommandSpec(
            "motion",
            moderators_only=False,
            parameters=(CommandParameter("motion", required=True, kind="choice", choices=("still", "moving")),),
        ),
        choose_motion,
    ),
)
