"""Carries out the commands that are typed on the page, and the buttons that are pressed there."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Any

from bot.chat import ButtonCall, CommandAnswer, CommandCall, Picture
from bot.clock import Now
from bot.web.bodies import Pressed, Said, look_json
from bot.web.command_words import arguments, command_name
from bot.web.conversation_json import button_json
from bot.web.desk import WebDesk
from bot.web.open_pages import OpenPages
from bot.web.visitor import Visitor


async def carry_out(desk: WebDesk, pages: OpenPages, visitor: Visitor, said: Said, now: Now) -> dict[str, Any] | None:
    """Carry out the command that was typed and return its answer as JSON; None when the words are no command."""
    name = command_name(said.text)
    if name is None:
        return None
    spec = next((spec for spec in desk.commands() if spec.name == name), None)
    answer = await desk.command(
        CommandCall(
            place=visitor.place,
            author=visitor.author,
            call_id=said.message_id,
            name=name,
            arguments={} if spec is None else arguments(said.text, spec),
            may_moderate=False,
            called_at=now(),
        )
    )
    await _show_changes(desk, pages, visitor, forgotten=name == "forget")
    return await answer_json(answer)


async def verify(desk: WebDesk, visitor: Visitor, call_id: str, picture: bytes, now: Now) -> dict[str, Any]:
    """Ask whether she made a picture, and return the answer as JSON."""
    call = CommandCall(
        place=visitor.place,
        author=visitor.author,
        call_id=call_id,
        name="verify",
        arguments={},
        may_moderate=False,
        called_at=now(),
        image=picture,
    )
    return await answer_json(await desk.command(call))


class NoRights:
    """The page has no moderators: operators are known by their ids, and nobody else may moderate."""

    async def may_moderate(self, space_id: str) -> bool:
        """Grant nothing."""
        return False


async def press(desk: WebDesk, pages: OpenPages, visitor: Visitor, pressed: Pressed, now: Now) -> dict[str, Any]:
    """Carry out what a button means and return its answer as JSON."""
    call = ButtonCall(visitor.place, visitor.author, pressed.call_id, pressed.button_id, NoRights(), now())
    answer = await desk.click(call)
    await _show_changes(desk, pages, visitor, forgotten=pressed.button_id.startswith("forget"))
    return await answer_json(answer)


async def _show_changes(desk: WebDesk, pages: OpenPages, visitor: Visitor, *, forgotten: bool) -> None:
    """Tell the pages how she looks now, and that there may be less to read."""
    pages.tell(visitor.id, "look", look_json(await desk.look(visitor.author, visitor.place)))
    if forgotten:
        pages.tell(visitor.id, "forgotten", {})


async def answer_json(answer: CommandAnswer) -> dict[str, Any]:
    """Write the answer to a command or a click."""
    document = answer.document
    return {
        "text": answer.text,
        "file": None if document is None else {"name": document[0], "content": b64encode(document[1]).decode()},
        "picture": None if answer.picture is None else await asyncio.to_thread(_picture_json, answer.picture),
        "buttons": [button_json(button) for button in answer.buttons],
        "in_place": answer.in_place,
    }


def _picture_json(picture: Picture) -> dict[str, Any]:
    content = b64encode(picture.path.read_bytes()).decode()
    size = {"width": picture.width_px, "height": picture.height_px}
    return {"mime": picture.mime, "content": content, "alt": picture.alt_text, **size}
