"""The story of one turn, in reading order.

Judge -> length gate -> recall -> answer and remember -> verdict; then express and summarise -> face. Batching is
invisible here: every model call may travel with those of other turns. The rules stand in `engine.rules` and
`engine.sbert`, the language models' part in a `Voice`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from engine.hair.schedule import SCENES, ombre_of_scene
from engine.llm.markers import neutralise
from engine.profile_types import Profile
from engine.rules import memory_store
from engine.rules.weekday import effective_date
from engine.sbert.encoder import Vectors
from engine.sbert.retrieval import Recollection, cached_vector, recall
from engine.sbert.verdict import Judge, Reading, judge, judge_severe
from engine.seeds import derive_seed
from engine.stages import Clock, FaceRenderer, FaceRequest, SentenceEncoder
from engine.stopwatch import Stopwatch
from engine.turn_types import NO_VERDICT, Answered, MemoryWrite, Shown, ShowRequest, Turn, Verdict
from engine.voice import Message, Remembered, Voice


class TurnEngine:
    """An `Engine`: one loaded profile's voice, encoders and face."""

    def __init__(
        self,
        profile: Profile,
        *,
        voice: Voice,
        memory_encoder: SentenceEncoder,
        ethics: Judge | None,
        faces: FaceRenderer,
        clock: Clock,
    ) -> None:
        """Make an engine. `ethics` None: nothing is judged (the profile has no ethics encoder)."""
        self._profile = profile
        self._voice = voice
        self._memory_encoder = memory_encoder
        self._ethics = ethics
        self._faces = faces
        self._clock = clock

    async def answer(self, turn: Turn) -> Answered:
        """Judge, recall, answer, judge again, and extract what to remember. See `Engine.answer`.

        Raises:
            EngineError: a model failed; nothing came of the turn and it may be tried again.
        """
        watch = Stopwatch(self._clock)
        turn = replace(turn, text=_well_formed(turn.text))
        said = neutralise(turn.text)

        with watch.stage("judge"):
            readings = await self._ethics.read(turn.text) if self._ethics else ()
        severe = self._judged_before_answer(turn, readings)
        if severe.hits and not turn.policy.shadow:
            return Answered("flagged", None, severe, timings_ms=watch.timings_ms)
        if self._is_too_long(said):
            return Answered("too_long", None, severe, timings_ms=watch.timings_ms)

        today = effective_date(turn.sent_at)
        with watch.stage("recall"):
            recollection = await recall(
                self._memory_encoder, turn.text, turn.memories, today, self._profile.memory_threshold
            )
        memory_line = neutralise(recollection.best.text) if recollection.best else None
        last_summary = neutralise(turn.last_summary) if turn.last_summary else None
        composed = self._voice.compose(said, turn.sent_at, memory_line, last_summary)
        spoken = await self._voice.speak(Message(composed, turn.sent_at, turn.seed), watch)

        verdict = self._judged(turn, readings, spoken.answer)
        with watch.stage("remember"):
            writes = await self._writes(turn, spoken.remembered, recollection, today)
        return Answered(
            outcome="answered",
            answer=spoken.answer.strip(),
            verdict=verdict,
            composed=composed,
            recalled=recollection.best,
            used_summary=memory_line is None and last_summary is not None and self._voice.uses_summary(),
            memory_writes=writes,
            embeddings=recollection.embeddings,
            show=ShowRequest(turn.turn_id, composed, spoken.answer, turn.sent_at, turn.seed, turn.face),
            timings_ms=watch.timings_ms,
        )

    async def show(self, request: ShowRequest) -> Shown:
        """Summarise the turn, choose the expression, render and dye the face. See `Engine.show`.

        Raises:
            EngineError: a model failed; it may be tried again.
        """
        watch = Stopwatch(self._clock)
        expression, summary = await self._voice.react(request, watch)
        scene = random.Random(derive_seed(request.seed, "ombre")).randrange(1, SCENES + 1)
        ombre = request.face.ombre or ombre_of_scene(scene)
        seed = derive_seed(request.seed, "face")
        with watch.stage("face"):
            face = await self._faces.render(FaceRequest(request.face, expression.scores, ombre, seed))
        return Shown(summary, expression, face, watch.timings_ms)

    def _judged_before_answer(self, turn: Turn, readings: tuple[Reading, ...]) -> Verdict:
        if self._ethics is None:
            return NO_VERDICT
        return judge_severe(readings, self._profile.thresholds(turn.policy.strictness), self._ethics.model_hash)

    def _judged(self, turn: Turn, readings: tuple[Reading, ...], answer: str) -> Verdict:
        if self._ethics is None:
            return NO_VERDICT
        return judge(readings, answer, self._profile.thresholds(turn.policy.strictness), self._ethics.model_hash)

    def _is_too_long(self, said: str) -> bool:
        gate = self._profile.gate_tokens
        return gate is not None and self._voice.count_tokens(said) > gate

    async def _writes(
        self, turn: Turn, remembered: Sequence[Remembered], recollection: Recollection, today: date
    ) -> tuple[MemoryWrite, ...]:
        """Decide what is stored of what the voice wants to keep; nothing that was only read from the memory line."""
        summary = turn.last_summary if self._voice.uses_summary() else None
        shown = recollection.best.text if recollection.best else summary
        entries = [(key, value) for key, value in remembered if not memory_store.restates(value, turn.text, shown)]
        if not entries:
            return ()
        similarity = await self._similarity(turn, recollection, entries, today)
        planned = (memory_store.plan_write(turn.memories, key, value, today, similarity) for key, value in entries)
        return tuple(write for write in planned if write is not None)

    async def _similarity(
        self, turn: Turn, recollection: Recollection, entries: Sequence[Remembered], today: date
    ) -> memory_store.Similarity | None:
        """Return the cosine of new lines with remembered ones; those have been embedded, so only new ones are here."""
        if not turn.memories:
            return None
        known: dict[str, Vectors] = {}
        for entry in turn.memories:
            line = memory_store.render(entry, today)
            fresh = recollection.embeddings.get(entry.entry_id) if entry.entry_id is not None else None
            vector = cached_vector(
                replace(entry, embedding=fresh or entry.embedding), line, self._memory_encoder.model_hash
            )
            if vector is not None:
                known[line] = vector
        lines = [f"[{key}: {value}]" for key, value in entries]
        new = dict(zip(lines, await self._memory_encoder.encode(lines), strict=True))

        def cosine(old_line: str, new_line: str) -> float:
            if old_line not in known or new_line not in new:
                return 0.0
            return float(known[old_line] @ new[new_line])

        return cosine


def _well_formed(text: str) -> str:
    """Put U+FFFD for halves of a surrogate pair: JSON can carry them, tokenizers do not take them."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
