"""The judgement of a message by its cosine with the names of five categories.

`published_hits` is the published rule (behaviour specification, section 8). Above it, the service judges several
readings of a message: as written and with its disguises taken off, and for the two severe categories also in windows,
sentence by sentence and, when it is long, in spans of a few words. The whole rule, with the veto of 일반, is applied to
each reading, and the hits are united.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.profile_types import EthicsThresholds
from engine.sbert.encoder import Vectors
from engine.sbert.normalise import normalise
from engine.sbert.windows import word_windows
from engine.stages import SentenceEncoder
from engine.turn_types import CATEGORIES, SEVERE, Category, Hit, Verdict

# The text that stands for each category in front of the encoder.
CATEGORY_NAMES: Final[Mapping[str, str]] = {
    "love": "사랑 고백/만남",
    "normal": "일반",
    "politics": "정치",
    "paedrip": "패드립",
    "hate": "혐오/기타",
}
REFUSAL_WORDS = ("미안", "부담")
_SENTENCE_END = re.compile(r"(?<=[.!?…~\n])\s*")
_SHORTEST_SENTENCE = 2  # characters
_LONG_WORDS, _SPAN_WORDS, _SPAN_STRIDE = 6, 5, 2
# Spaces that encoders may read as something else.
_SPACES = {chr(code) for code in (*range(0x2000, 0x200B), 0x00A0, 0x1680, 0x202F, 0x205F, 0x3000, 0x09, 0x0A, 0x0D)}
_SIGNS = ".,!?~…\"'“”‘’"

Scores = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """One text that is judged for a message; `whole`: the message itself, else a part of it."""

    text: str
    scores: Scores  # cosine by category, "normal" included
    whole: bool


def published_hits(scores: Scores, answer: str, thresholds: EthicsThresholds) -> tuple[Category, ...]:
    """Return the categories that a message falls under, from its cosines and the answer that was given to it.

    Love and politics count only when the answer refuses; a high cosine with 일반 cancels everything.
    """
    if scores["normal"] >= thresholds.normal_veto:
        return ()
    refused = any(word in answer for word in REFUSAL_WORDS)
    return tuple(
        category
        for category in CATEGORIES
        if scores[category] >= thresholds.of(category) and (category in SEVERE or refused)
    )


def judge(readings: Sequence[Reading], answer: str, thresholds: EthicsThresholds, model_hash: str) -> Verdict:
    """Judge a message and its answer: the united hits of its readings, each with its highest score.

    The verdict's scores are those of the reading that decided, or of the message as written.
    """
    best: dict[Category, tuple[Hit, Reading]] = {}
    for reading in readings:
        limits = thresholds if reading.whole else thresholds.moved(thresholds.parts)
        for category in published_hits(reading.scores, answer, limits):
            if not reading.whole and category not in SEVERE:
                continue
            score = reading.scores[category]
            if category not in best or score > best[category][0].score:
                rule = _rule(category, reading)
                best[category] = (Hit(category, score, limits.of(category), rule, reading.text), reading)
    hits = tuple(best[category][0] for category in CATEGORIES if category in best)
    scores = max(best.values(), key=lambda pair: pair[0].score)[1].scores if best else readings[0].scores
    return Verdict(scores=dict(scores), hits=hits, model_hash=model_hash)


def judge_severe(readings: Sequence[Reading], thresholds: EthicsThresholds, model_hash: str) -> Verdict:
    """Judge a message before it is answered: insults to parents and hate only."""
    verdict = judge(readings, "", thresholds, model_hash)
    return Verdict(verdict.scores, tuple(hit for hit in verdict.hits if hit.category in SEVERE), verdict.model_hash)


class Judge:
    """The ethics encoder with the embeddings of the category names, made once."""

    def __init__(self, encoder: SentenceEncoder, least_hangul: int = 0) -> None:
        """Make a judge.

        A text without a letter, or with fewer than `least_hangul` Hangul letters, says nothing that its encoder can
        know: it counts as harmless, because a wrong block hurts somebody.
        """
        self._encoder = encoder
        self._least_hangul = least_hangul
        self._names: Vectors | None = None

    @property
    def model_hash(self) -> str:
        """SHA-256 hex of the encoder's weights."""
        return self._encoder.model_hash

    async def read(self, text: str) -> tuple[Reading, ...]:
        """Read a message in every way it is judged, the message as written first; everything in one encoder call."""
        if self._names is None:
            self._names = await self._encoder.encode(tuple(CATEGORY_NAMES.values()))
        texts = readings_of(text, self._encoder)
        cosines = await self._encoder.encode([reading for reading, _ in texts]) @ self._names.T
        return tuple(
            Reading(reading, self._known(reading, dict(zip(CATEGORY_NAMES, map(float, row), strict=True))), whole)
            for (reading, whole), row in zip(texts, cosines, strict=True)
        )

    def _known(self, text: str, scores: Scores) -> Scores:
        if any(letter.isalpha() for letter in text) and count_hangul(text) >= self._least_hangul:
            return scores
        return {name: 1.0 if name == "normal" else 0.0 for name in CATEGORY_NAMES}


def count_hangul(text: str) -> int:
    """Count the Hangul syllables and letters of a text."""
    return sum("가" <= letter <= "힣" or "ㄱ" <= letter <= "ㅣ" or "\u1100" <= letter <= "\u11ff" for letter in text)


def readings_of(text: str, encoder: SentenceEncoder) -> list[tuple[str, bool]]:
    """Return the texts that are judged for a message, each once, and whether it is the whole message."""
    plain = normalise(text)
    same = _bare_words(plain) == _bare_words(text) and set(text) & _SPACES <= {" "}
    wholes = [text] if same or not plain else [text, plain]
    parts = [part for whole in wholes for part in (*encoder.windows(whole), *_sentences(whole), *_spans(whole))]
    return [(whole, True) for whole in wholes] + [(part, False) for part in _distinct(parts) if part not in wholes]


def _sentences(text: str) -> tuple[str, ...]:
    sentences = (sentence.strip() for sentence in _SENTENCE_END.split(text))
    return tuple(sentence for sentence in sentences if len(sentence) >= _SHORTEST_SENTENCE)


def _spans(text: str) -> tuple[str, ...]:
    """Return spans of a few words, so that an insult is not lost among other words without a full stop."""
    return word_windows(text, _SPAN_WORDS, _SPAN_STRIDE) if len(text.split()) > _LONG_WORDS else ()


def _bare_words(text: str) -> list[str]:
    """Return the words of a text without the signs around them; where only those differ, one reading is enough."""
    return [word.strip(_SIGNS) for word in text.split()]


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _rule(category: Category, reading: Reading) -> str:
    if not reading.whole:
        return "window"
    return "cosine" if category in SEVERE else "cosine+refusal words"
