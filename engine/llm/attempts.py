"""Asks a role until what it writes is accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from engine.profile_types import RoleSpec
from engine.seeds import derive_seed
from engine.stages import Generated, TextGenerator
from engine.turn_types import RoleName

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Accepted(Generic[T]):
    """What a text was read as."""

    value: T


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a text was not accepted; after "day of week" the next attempt is warmer."""

    reason: str


Reader = Callable[[Generated, int], Accepted[T] | Refused]
_WARMER: Literal["day of week"] = "day of week"


async def ask(
    generator: TextGenerator, role: RoleName, spec: RoleSpec, prompt: str, seed: int, read: Reader[T]
) -> T | None:
    """Ask a role up to its number of attempts; return the first accepted reading, or None when there is none.

    `read` gets the text and the number of the attempt, from 1. Each attempt has a seed of its own derived from `seed`.

    Raises:
        EngineError: the model failed.
    """
    warmer = 0
    for attempt in range(1, spec.attempts + 1):
        generated = await generator.generate(
            role,
            prompt,
            seed=derive_seed(seed, role, attempt),
            temperature=round(spec.temperature + spec.temperature_step * warmer, 6),
        )
        outcome = read(generated, attempt)
        if isinstance(outcome, Accepted):
            return outcome.value
        warmer += outcome.reason == _WARMER
    return None
