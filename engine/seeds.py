"""Seeds for the parts of a turn, derived from the turn's one seed."""

from __future__ import annotations

import hashlib


def derive_seed(seed: int, *parts: str | int) -> int:
    """Return a seed in [0, 2^63) that belongs to these parts of a turn alone (a role and an attempt, say)."""
    text = ":".join(map(str, (seed, *parts)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") >> 1
