"""The last answer once more: a row of its own in the mailbox, which keeps its place in line.

It is the same message with a new seed. It remembers nothing and is not judged a second time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.chat import CommandCall
from bot.chat_json import author_json, place_json
from bot.queue_limits import QueueLimits
from bot.whereabouts import Whereabouts
from engine.turn_types import Turn
from storage.records import InboxRecord, InboxState
from storage.rows import IncomingRow
from storage.work import UnitOfWork

LOOKED_THROUGH = 50  # messages of a channel; in direct chats and mailboxes that is one person's
UNANSWERABLE = (InboxState.REFUSED, InboxState.SET_ASIDE)


@dataclass(frozen=True, slots=True)
class Source:
    """What is answered again: the message, the summary it was answered with, and what was remembered of it."""

    text: str
    last_summary: str | None
    remembered: frozenset[str]  # as `[key: value]`


async def ask_again(work: UnitOfWork, call: CommandCall, who: Whereabouts, limits: QueueLimits, now: datetime) -> str:
    """Put the wish into the mailbox; return the key of what to tell the person."""
    rows = await work.inbox.recent(who.conversation.id, LOOKED_THROUGH)
    last = next((row for row in reversed(rows) if _answerable(row, who)), None)
    if last is None:
        return "again.none"
    refusal = await limits.refusal(work, who.conversation.id)
    if refusal is not None:
        return refusal
    await work.inbox.add(
        IncomingRow(
            platform=call.place.platform,
            chat_id=call.place.channel_id,
            message_id=f"again-{call.call_id}",
            conversation_id=who.conversation.id,
            person_id=who.person.id,
            space_id=who.space.id,
            channel_key=call.place.channel_id,
            text="",  # which message it is, is settled at its turn: another one may still be before it in line
            kind="again",
            place=place_json(call.place),
            author=author_json(call.author),
            route={name: value for name, value in last.route.items() if name != "seed"},
            sent_at=now,
            received_at=now,
            epoch=who.person.epoch,
        )
    )
    return "again.coming"


async def again_turn(work: UnitOfWork, row: InboxRecord, turn: Turn) -> Turn | None:
    """Return the turn that answers the last answered message again; None when there is none to answer.

    Nothing from before the person last had her forget something is taken up.
    """
    source = await _source(work, row)
    if source is None:
        return None
    return replace(
        turn,
        text=source.text,
        last_summary=source.last_summary,
        memories=tuple(entry for entry in turn.memories if f"[{entry.key}: {entry.value}]" not in source.remembered),
        # The words were judged when they were said.
        policy=replace(turn.policy, shadow=True),
    )


async def _source(work: UnitOfWork, row: InboxRecord) -> Source | None:
    turns = await work.turns.recent(row.conversation_id, row.person_id, LOOKED_THROUGH)
    current = [turn for turn in turns if turn.epoch == row.epoch and turn.outcome == "answered" and turn.inbox_id]
    for index in range(len(current) - 1, -1, -1):
        turn = current[index]
        assert turn.inbox_id is not None
        message = await work.inbox.get(turn.inbox_id)
        if message.kind == "message" and message.text and message.id < row.id:
            before = current[index - 1] if index else None
            remembered = turn.trace.get("remembered", ())
            return Source(message.text, before.summary if before else None, frozenset(remembered))
    return None


def _answerable(row: InboxRecord, who: Whereabouts) -> bool:
    mine = row.person_id == who.person.id and row.epoch == who.person.epoch
    return mine and row.kind == "message" and bool(row.text) and row.state not in UNANSWERABLE
