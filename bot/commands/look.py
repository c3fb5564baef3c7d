"""Commands for her look: face, hair and motion."""

from __future__ import annotations

from bot.chat import CommandAnswer, CommandParameter, CommandSpec
from bot.commands.command import Command, Scene

DEFAULT_HEIGHT, DEFAULT_GRADIENT = 0.6, 0.5  # the middle of the cycling schedule


async def choose_face(scene: Scene) -> CommandAnswer:
    """Choose one of the catalogue's faces, or hear which there are."""
    face_id = scene.call.arguments.get("face", "").strip()
    if face_id not in scene.face_ids:
        return scene.say("face.unknown", faces=", ".join(scene.face_ids))
    await scene.work.people.set_preferences(scene.who.person.id, face_id=face_id)
    return scene.say("face.set", face=face_id)


async def choose_hair(scene: Scene) -> CommandAnswer:
    """Dye her hair: a hue in degrees with height and gradient in percent, or the cycling colours."""
    arguments = scene.call.arguments
    if arguments.get("hue") in (None, "", "cycle"):
        await scene.work.people.set_preferences(
            scene.who.person.id, hue=None, height=None, gradient=None, hair_cycling=True
        )
        return scene.say("hair.cycle")
    hue = _number(arguments.get("hue"), 0, 359)
    height = _number(arguments.get("height"), 0, 100, DEFAULT_HEIGHT * 100)
    gradient = _number(arguments.get("gradient"), 0, 100, DEFAULT_GRADIENT * 100)
    if hue is None or height is None or gradient is None:
        return scene.say("hair.unknown")
    await scene.work.people.set_preferences(
        scene.who.person.id, hue=hue / 360, height=height / 100, gradient=gradient / 100, hair_cycling=False
    )
    return scene.say("hair.set", hue=round(hue), height=round(height), gradient=round(gradient))


async def choose_motion(scene: Scene) -> CommandAnswer:
    """Choose still pictures or moving ones."""
    motion = scene.call.arguments.get("motion", "")
    if motion not in ("still", "moving"):
        return scene.say("motion.unknown")
    await scene.work.people.set_preferences(scene.who.person.id, motion=motion)
    return scene.say(f"motion.{motion}")


def _number(text: str | None, low: float, high: float, default: float | None = None) -> float | None:
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        return None
    return value if low <= value <= high else None


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
