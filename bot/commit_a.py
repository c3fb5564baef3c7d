"""Commit A: the verdict's consequences, the memory, and the words of the reply, in one transaction.

What other turns of the same person may have changed meanwhile (levels, blocks, entries, the epoch) is read again here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.blocks import block_now
from bot.chat_json import place_from
from bot.levels import standing_levels
from bot.memory_scope import memories_at
from bot.notices import Notice, Speech, block_notice, blocked_notice, warning_notice
from bot.outbox_rows import add_notice, add_reply
from bot.turn_json import answered_trace, show_request_json
from engine.rules.sanctions import Sanction, sanction
from engine.turn_types import Answered, MemoryWrite, Turn
from storage.records import InboxRecord, InboxState, MemoryRecord, SanctionRecord, SpaceRecord, TurnRecord
from storage.rows import TurnRow
from storage.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class CommitRules:
    """How long the text waits for the face, and how levels fade."""

    face_grace_s: float
    fade_days: int


async def commit_answer(
    work: UnitOfWork,
    row: InboxRecord,
    turn: Turn,
    answered: Answered,
    speech: Speech,
    rules: CommitRules,
    now: datetime,
) -> TurnRecord:
    """Write the first half of a turn; a turn that another worker committed meanwhile is returned as it is."""
    person = await work.people.hold(row.person_id)
    known = await work.turns.by_inbox(row.id)
    if known is not None:
        return known
    space = await work.spaces.get(row.space_id)
    notice = await _block_since(work, row, speech)
    if notice is None and answered.outcome == "too_long":
        notice = Notice(speech.text("notice.too_long"))
    warning: Notice | None = None
    if answered.verdict.hits and notice is None and row.kind == "message":
        punished = await _punish(work, row, turn, answered, space, rules)
        if punished is not None:
            given, record = punished
            kind = place_from(row.place).kind
            if given.block_s > 0:
                notice = block_notice(speech, given, record, kind=kind)
            else:
                warning = warning_notice(speech, given, record, kind=kind, fade_days=rules.fade_days)
    if notice is not None or answered.answer is None or answered.show is None:
        return await _settle(work, row, turn, answered, notice, now)
    if warning is not None:
        await add_notice(work, row, warning, now, turn.turn_id)
    if person.epoch == row.epoch and row.kind == "message":
        await _remember(work, row, await memories_at(work, person, space), answered.memory_writes)
    for entry_id, embedding in answered.embeddings.items():
        await work.memory.save_embedding(entry_id, embedding.text_hash, embedding.model_hash, embedding.vector)
    shown = show_request_json(answered.show)
    committed = await work.turns.add(
        replace(_turn_row(row, turn, answered, warning, now), answer=answered.answer, show_request=shown)
    )
    await add_reply(work, row, answered.answer.strip(), turn.turn_id, now + timedelta(seconds=rules.face_grace_s), now)
    await work.inbox.set_state(row.id, InboxState.ANSWERED, now, owner=row.lease_owner)
    return committed


async def _block_since(work: UnitOfWork, row: InboxRecord, speech: Speech) -> Notice | None:
    """Return the notice of a block that another mailbox of the person brought about while the device worked."""
    block = await block_now(work, row.person_id, row.space_id, row.channel_key, row.sent_at)
    return None if block is None else blocked_notice(speech, block, kind=place_from(row.place).kind)


async def _punish(
    work: UnitOfWork, row: InboxRecord, turn: Turn, answered: Answered, space: SpaceRecord, rules: CommitRules
) -> tuple[Sanction, SanctionRecord] | None:
    """Record the hits and what follows from them; in shadow mode only the events are recorded."""
    levels = await standing_levels(work, row.person_id, row.space_id, turn.sent_at, rules.fade_days)
    given = sanction([hit.category for hit in answered.verdict.hits], levels)
    for hit in answered.verdict.hits:
        await work.ethics.add_event(
            person_id=row.person_id,
            space_id=row.space_id,
            channel_key=row.channel_key,
            category=hit.category,
            score=hit.score,
            rule=hit.rule,
            model_hash=answered.verdict.model_hash,
            evidence_hash=hashlib.sha256(hit.evidence.encode()).hexdigest(),
            level=given.levels[hit.category],
            block_s=given.block_s,
            policy={
                "strictness": turn.policy.strictness,
                "threshold": hit.threshold,
                "scope": space.settings.get("block_scope", "channel"),
            },
            shadow=turn.policy.shadow,
            turn_id=turn.turn_id,
            at=turn.sent_at,
        )
    if turn.policy.shadow:
        return None
    record = await work.ethics.add_sanction(
        person_id=row.person_id,
        space_id=row.space_id,
        channel_key=_block_channel(row, space),
        kind="block" if given.block_s else "warning",
        categories=list(given.levels),
        starts_at=turn.sent_at,
        ends_at=turn.sent_at + timedelta(seconds=given.block_s),
        by="system",
        turn_id=turn.turn_id,
    )
    return given, record


def _block_channel(row: InboxRecord, space: SpaceRecord) -> str | None:
    """Return the channel that a block closes; None closes the whole space."""
    return None if space.settings.get("block_scope") == "server" else row.channel_key


def _turn_row(row: InboxRecord, turn: Turn, answered: Answered, notice: Notice | None, now: datetime) -> TurnRow:
    """Return the turn as it is kept, without the answer and what the face needs."""
    return TurnRow(
        id=turn.turn_id,
        inbox_id=row.id,
        person_id=row.person_id,
        space_id=row.space_id,
        conversation_id=row.conversation_id,
        epoch=row.epoch,
        outcome=answered.outcome,
        notice=notice.text if notice else None,
        trace=answered_trace(answered),
        created_at=now,
    )


async def _settle(
    work: UnitOfWork, row: InboxRecord, turn: Turn, answered: Answered, notice: Notice | None, now: datetime
) -> TurnRecord:
    """End a turn that has no answer to show."""
    plain = _turn_row(row, turn, answered, notice, now)
    outcome = "too_long" if answered.outcome == "too_long" else "blocked"
    committed = await work.turns.add(replace(plain, outcome=outcome, trace={**plain.trace, "remembered": []}))
    if notice is not None:
        await add_notice(work, row, notice, now, turn.turn_id)
    await work.inbox.set_state(row.id, InboxState.DONE, now, owner=row.lease_owner)
    return committed


async def _remember(
    work: UnitOfWork, row: InboxRecord, entries: Sequence[MemoryRecord], writes: Sequence[MemoryWrite]
) -> None:
    """Store what is new; an entry that another turn stored or removed meanwhile is not doubled or revived."""
    known = {(entry.key, entry.value, entry.due_on) for entry in entries}
    ids = {entry.id for entry in entries}
    for write in writes:
        entry = write.entry
        if (entry.key, entry.value, entry.due_on) in known:
            continue
        if write.replaces in ids:
            await work.memory.replace(
                write.replaces, key=entry.key, value=entry.value, said_on=entry.said_on, due_on=entry.due_on
            )
        else:
            await work.memory.add(
                person_id=row.person_id,
                space_id=row.space_id,
                key=entry.key,
                value=entry.value,
                said_on=entry.said_on,
                due_on=entry.due_on,
            )
