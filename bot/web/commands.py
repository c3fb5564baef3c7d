"""Carries out the commands that are typed on the page."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from bot.chat import CommandAnswer, CommandCall
from bot.clock import Now
from bot.web.bodies import Said, look_json
from bot.web.command_words import arguments, command_name
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
    # A command may have changed how the pages look, or what there is to read on them.
    pages.tell(visitor.id, "look", look_json(await desk.look(visitor.author, visitor.place)))
    if name == "forget":
        pages.tell(visitor.id, "forgotten", {})
    return answer_json(answer)


def answer_json(answer: CommandAnswer) -> dict[str, Any]:
    """Write the answer to a command."""
    document = answer.document
    file = None if document is None else {"name": document[0], "content": b64encode(document[1]).decode()}
    return {"text": answer.text, "file": file}
