"""How much may wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass

from storage.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How many unanswered messages may wait, in one conversation and in all."""

    per_conversation: int
    total: int

    async def refusal(self, work: UnitOfWork, conversation_id: int) -> str | None:
        """Return the key of what to tell somebody for whom there is no place in line; None when there is one."""
        if await work.inbox.waiting(conversation_id) >= self.per_conversation:
            return "notice.queue_full"
        if await work.inbox.waiting_total() >= self.total:
            return "notice.busy"
        return None
