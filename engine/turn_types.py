"""What goes into a turn and what comes out of it.

A turn has two halves, one for each commit of the service: `answer` gives the words, the verdict and what to remember
(commit A); `show` gives the summary and the face (commit B) and needs only the small `ShowRequest` that was kept.
Nothing here imports a model library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

RoleName = Literal["output_message", "memory", "summary", "eyes_mouth_pose"]
Category = Literal["love", "politics", "paedrip", "hate"]
CATEGORIES: tuple[Category, ...] = ("love", "politics", "paedrip", "hate")
SEVERE: tuple[Category, ...] = ("paedrip", "hate")


@dataclass(frozen=True, slots=True)
class CachedEmbedding:
    """An embedding with what it was made from: `vector` is (D,) float32 little-endian bytes."""

    text_hash: str  # SHA-256 hex of the rendered text
    model_hash: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class MemoryEntry:
    """One remembered `[key: value]`.

    `due_on` is the date that a relative word in the key or value meant when it was said (내일 -> that day); on recall
    the entry is rendered with the word that fits today.
    """

    entry_id: int | None
    key: str
    value: str
    said_on: date
    due_on: date | None = None
    embedding: CachedEmbedding | None = None


@dataclass(frozen=True, slots=True)
class MemoryWrite:
    """A memory to store: a new entry, or the new content of `replaces` (a near-duplicate or contradicted key)."""

    entry: MemoryEntry
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Recalled:
    """The memory line put before the prompt, and its cosine with it."""

    entry_id: int
    text: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One category that a message falls under. `evidence` is the text judged (kept hashed, not in logs)."""

    category: Category
    score: float
    threshold: float
    rule: str  # e.g. "cosine", "cosine+refusal words", "window"
    evidence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one message: the cosine with each category name (and "normal"), and the hits after the veto."""

    scores: Mapping[str, float]
    hits: tuple[Hit, ...]
    model_hash: str


NO_VERDICT = Verdict(scores={}, hits=(), model_hash="")


@dataclass(frozen=True, slots=True)
class Policy:
    """How a space wants messages judged.

    `strictness`: "lenient" or "normal" or "strict" moves the thresholds; `shadow`: judge and log, never punish.
    """

    strictness: Literal["lenient", "normal", "strict"] = "normal"
    shadow: bool = False


DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Ombre:
    """Hair dye: `hue` in [0, 1), `height` and `gradient` shares in [0, 1]. None hue means undyed."""

    hue: float | None
    height: float
    gradient: float


@dataclass(frozen=True, slots=True)
class FaceChoice:
    """The face a person sees: catalogue id (None: the profile's default), hair (None: the cycling schedule), motion."""

    face_id: str | None = None
    ombre: Ombre | None = None
    motion: Literal["still", "moving"] = "still"


DEFAULT_FACE = FaceChoice()


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything the engine may know when it answers one message."""

    turn_id: str
    text: str
    sent_at: datetime  # aware, in the conversation's time zone
    seed: int  # fixes sampling, expression draws and ombre
    memories: tuple[MemoryEntry, ...] = ()
    last_summary: str | None = None
    policy: Policy = DEFAULT_POLICY
    face: FaceChoice = DEFAULT_FACE


Outcome = Literal["answered", "too_long", "flagged"]


@dataclass(frozen=True, slots=True)
class ShowRequest:
    """What `show` needs of an answered turn; plain values, so that it can be kept as JSON."""

    turn_id: str
    composed: str
    answer: str
    sent_at: datetime
    seed: int
    face: FaceChoice


@dataclass(frozen=True, slots=True)
class Answered:
    """The first half of a turn.

    outcome: "answered"; "too_long" (the length gate); "flagged" (a severe category in the prompt: nothing was
    generated, `answer` is None, the verdict has the hits).
    `memory_writes` must be dropped when the verdict leads to a block.
    `embeddings` are new embeddings of existing entries (entry id -> embedding), worth keeping.
    """

    outcome: Outcome
    answer: str | None
    verdict: Verdict
    composed: str = ""
    recalled: Recalled | None = None
    used_summary: bool = False
    memory_writes: tuple[MemoryWrite, ...] = ()
    embeddings: Mapping[int, CachedEmbedding] = field(default_factory=dict)
    show: ShowRequest | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expression:
    """The words for eyes, mouth and pose, the model's text, and the scores drawn from them (before any sign flip)."""

    eyes: str
    mouth: str
    pose: str
    text: str
    scores: tuple[float, float, float]  # eyes, mouth, pose


@dataclass(frozen=True, slots=True)
class RenderedFace:
    """An encoded picture: `data` is a complete file of type `mime`."""

    data: bytes
    mime: str
    width_px: int
    height_px: int
    face_id: str
    ombre: Ombre


@dataclass(frozen=True, slots=True)
class Shown:
    """The second half of a turn: the summary that replaces the last one (None empties it) and her face."""

    summary: str | None
    expression: Expression
    face: RenderedFace
    timings_ms: Mapping[str, float] = field(default_factory=dict)


class Engine(Protocol):
    """One loaded profile."""

    async def answer(self, turn: Turn) -> Answered:
        """Judge, recall, answer, judge again, and extract what to remember."""

    async def show(self, request: ShowRequest) -> Shown:
        """Summarise the turn, choose the expression, render and dye the face."""
