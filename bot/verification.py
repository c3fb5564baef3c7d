"""Whether she made a picture: by the hash of its file, else by the hash of what it shows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from bot.perceptual_hash import distance, perceptual_hash
from bot.provenance import is_marked
from storage.work import UnitOfWork

NEAR_BITS = 24  # of 256; copies that platforms compress or resize stay below (20 measured), strangers are near 128
Finding = Literal["exact", "near", "marked", "unknown", "unreadable"]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a picture file is known by: SHA-256 (hex), perceptual hash (None: unreadable), and whether it has a mark."""

    sha256: str
    phash: str | None
    marked: bool


def fingerprint(data: bytes) -> Fingerprint:
    """Return the fingerprint of a picture file; decoding takes a moment, so call it off the event loop."""
    return Fingerprint(hashlib.sha256(data).hexdigest(), perceptual_hash(data), is_marked(data))


async def verify(work: UnitOfWork, seen: Fingerprint) -> Finding:
    """Tell what is known of a picture; nothing about for whom it was made."""
    if await work.images.by_sha256(seen.sha256) is not None:
        return "exact"
    if seen.phash is None:
        return "unreadable"
    for _, phash in await work.images.phashes():
        if distance(seen.phash, phash) <= NEAR_BITS:
            return "near"
    return "marked" if seen.marked else "unknown"
