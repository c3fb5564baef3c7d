"""Which memory a prompt recalls: the closest entry by cosine, if it is close enough.

Source: behaviour specification, section 4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from engine.rules.memory_store import render
from engine.sbert.encoder import Vectors
from engine.stages import SentenceEncoder
from engine.turn_types import CachedEmbedding, MemoryEntry, Recalled


@dataclass(frozen=True, slots=True)
class Recollection:
    """What a prompt recalled.

    `best`: the line to put before the prompt, or None. `ranked`: every stored entry, closest first. `embeddings`: new
    embeddings of entries, by entry id, worth keeping.
    """

    best: Recalled | None
    ranked: tuple[Recalled, ...] = ()
    embeddings: Mapping[int, CachedEmbedding] = field(default_factory=dict)


NOTHING_RECALLED = Recollection(best=None)


def best_match(prompt: Vectors, lines: Vectors, threshold: float) -> tuple[int, float] | None:
    """Return index and cosine of the closest line of at least `threshold`; on a tie the earlier one.

    Args:
        prompt: (D,) float32, unit length.
        lines: (N, D) float32, rows of unit length.
        threshold: least cosine.
    """
    if not len(lines):
        return None
    cosines = lines @ prompt
    index = int(np.argmax(cosines))
    return (index, float(cosines[index])) if cosines[index] >= threshold else None


async def recall(
    encoder: SentenceEncoder, prompt: str, memories: Sequence[MemoryEntry], today: date, threshold: float
) -> Recollection:
    """Find the memory that a prompt (without its time tag) speaks of, as it reads today.

    Lines whose embedding is not cached for this text and model are embedded together with the prompt, in one call.
    """
    entries = [(entry.entry_id, entry) for entry in memories if entry.entry_id is not None]
    if not entries:
        return NOTHING_RECALLED
    lines = [render(entry, today) for _, entry in entries]
    cached = [cached_vector(entry, line, encoder.model_hash) for (_, entry), line in zip(entries, lines, strict=True)]
    missing = [line for line, vector in zip(lines, cached, strict=True) if vector is None]
    rows = await encoder.encode([prompt, *missing])
    fresh = iter(rows[1:])
    vectors = np.stack([next(fresh) if vector is None else vector for vector in cached])
    ids = [entry_id for entry_id, _ in entries]
    embeddings = {
        ids[i]: to_cache(lines[i], encoder.model_hash, vectors[i]) for i, vector in enumerate(cached) if vector is None
    }
    cosines = vectors @ rows[0]
    order = np.argsort(-cosines, kind="stable")
    ranked = tuple(Recalled(ids[i], lines[i], float(cosines[i])) for i in order)
    found = best_match(rows[0], vectors, threshold)
    best = None if found is None else Recalled(ids[found[0]], lines[found[0]], found[1])
    return Recollection(best, ranked, embeddings)


def cached_vector(entry: MemoryEntry, line: str, model_hash: str) -> Vectors | None:
    """Return an entry's cached embedding, (D,) float32, if it was made of this line by this model."""
    cached = entry.embedding
    if cached is None or cached.model_hash != model_hash or cached.text_hash != text_hash(line):
        return None
    return np.frombuffer(cached.vector, dtype="<f4").astype(np.float32)


def to_cache(line: str, model_hash: str, vector: Vectors) -> CachedEmbedding:
    """Return an embedding in the form that is kept."""
    return CachedEmbedding(text_hash(line), model_hash, vector.astype("<f4").tobytes())


def text_hash(text: str) -> str:
    """Return the SHA-256 hex of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
