"""The named steps of a message's way, reported as they are reached.

Logs and the status page listen to them; so do the tests that stop the process between any two of them.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """One point on the way of a message, in order."""

    TAKEN = "taken"  # the inbox row is committed
    CLAIMED = "claimed"  # a worker leased the row
    ANSWERED = "answered"  # the engine gave answer and verdict; nothing is committed yet
    COMMITTED_A = "committed_a"  # notice or answer, memory and events are committed
    SHOWN = "shown"  # the engine gave summary and face; not committed yet
    COMMITTED_B = "committed_b"  # summary and picture are committed
    SENDING = "sending"  # the outbox row is marked as being sent
    SENT = "sent"  # the platform answered; not marked yet
    DELIVERED = "delivered"  # the outbox row is marked as sent


OnStep = Callable[[Step, int], None]  # the step and the id of the inbox row (of the outbox row from SENDING on)


def ignore_step(step: Step, row_id: int) -> None:
    """Listen to nothing."""
