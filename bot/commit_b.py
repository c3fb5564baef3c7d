"""Commit B: the summary and the picture of a turn, in one transaction; the conversation moves on after it."""

from __future__ import annotations

from datetime import datetime

from bot.outbox_rows import add_face
from bot.pictures import StoredPicture
from bot.texts import Language, Texts
from bot.turn_json import expression_json, shown_trace
from engine.turn_types import Expression, Shown
from storage.records import InboxRecord, InboxState, TurnRecord
from storage.work import UnitOfWork


async def commit_face(
    work: UnitOfWork, row: InboxRecord, turn: TurnRecord, shown: Shown, picture: StoredPicture, alt: str, now: datetime
) -> None:
    """Write the second half of a turn; does nothing when another worker has done so."""
    current = await work.inbox.get(row.id)
    if current.state is InboxState.DONE:
        return
    person = await work.people.hold(row.person_id)
    if person.epoch == row.epoch:
        await work.summaries.put(row.person_id, row.conversation_id, shown.summary, turn.id, now)
    image = await work.images.add(
        turn_id=turn.id,
        person_id=row.person_id,
        path=str(picture.path),
        mime=shown.face.mime,
        width=shown.face.width_px,
        height=shown.face.height_px,
        sha256=picture.sha256,
        phash=picture.phash,
        alt_text=alt,
        now=now,
    )
    await work.turns.complete(
        turn.id,
        summary=shown.summary if person.epoch == row.epoch else None,
        expression=expression_json(shown.expression),
        image_id=image.id,
        trace_additions=shown_trace(shown),
        now=now,
    )
    await add_face(work, row, image.id, turn.id, now)
    await work.inbox.set_state(row.id, InboxState.DONE, now, owner=row.lease_owner)


def alt_text(texts: Texts, language: Language, expression: Expression) -> str:
    """Describe the face in words for people who do not see it."""
    return texts.get(
        language,
        "alt.face",
        eyes=texts.get(language, f"alt.eyes.{expression.eyes}"),
        mouth=texts.get(language, f"alt.mouth.{expression.mouth}"),
        pose=texts.get(language, f"alt.pose.{expression.pose}"),
    )
