"""What a profile is made of: the limits of every stage and where each model lies. Plain data, no model library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from engine.turn_types import Category, RoleName

Rules = Literal["v4", "v1"]
Strictness = Literal["lenient", "normal", "strict"]
FaceEngine = Literal["v1", "v7", "v8", "v9", "mini"]
EncoderName = Literal["memory", "ethics"]
Precision = Literal["float32", "bfloat16"]
Quantize = Literal["none", "int8", "int4"]


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """How one language-model role is asked.

    `suffix` ends the prompt (a space and the start marker); generation stops when `stop` occurs in the new text.
    `max_new_tokens` limits the new text; `max_length`, where set, limits prompt and new text together, but always
    leaves `least_room` new tokens. `runs_on`: never stop before the limit (for measuring). Top-k, top-p and the
    repetition penalty come from the model's generation config.
    """

    suffix: str
    stop: str
    temperature: float
    attempts: int
    max_new_tokens: int
    temperature_step: float = 0.0  # added for each refusal because of the day of the week
    max_length: int | None = None
    least_room: int = 48
    runs_on: bool = False

    def room(self, prompt_tokens: int) -> int:
        """Return how many new tokens a prompt of so many tokens leaves."""
        if self.max_length is None:
            return self.max_new_tokens
        return min(self.max_new_tokens, max(self.max_length - prompt_tokens, self.least_room))


@dataclass(frozen=True, slots=True)
class BaseModel:
    """A base language model: its public name and the folders below the weights folder where it may lie."""

    name: str
    folders: tuple[str, ...]
    precision: Precision


@dataclass(frozen=True, slots=True)
class LoraAdapter:
    """A role's adapter: the key of its base in `Profile.bases`, and the folders where it may lie."""

    base: str
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FacePlace:
    """A face engine and the folder of its generator below the weights folder."""

    engine: FaceEngine
    folder: str


@dataclass(frozen=True, slots=True)
class EthicsThresholds:
    """The cosine from which a category is hit, and the cosine with 일반 that cancels every hit.

    `parts` is added for parts of a message (windows, sentences, spans), which a small encoder misreads more easily.
    """

    love: float
    politics: float
    paedrip: float
    hate: float
    normal_veto: float
    parts: float = 0.0

    def of(self, category: Category) -> float:
        """Return the threshold of one category."""
        return {"love": self.love, "politics": self.politics, "paedrip": self.paedrip, "hate": self.hate}[category]

    def moved(self, offset: float) -> EthicsThresholds:
        """Return thresholds moved by `offset`, kept in [0, 1]; the veto stays."""
        return replace(
            self,
            love=_kept(self.love + offset),
            politics=_kept(self.politics + offset),
            paedrip=_kept(self.paedrip + offset),
            hate=_kept(self.hate + offset),
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """One way of being her: rules, limits, thresholds and model places.

    The first of `faces` is the default and must be there; the others can be chosen when their generators are.
    """

    name: str
    rules: Rules
    roles: Mapping[RoleName, RoleSpec]
    bases: Mapping[str, BaseModel]
    adapters: Mapping[RoleName, LoraAdapter]
    gate_tokens: int | None  # longest prompt answered, in tokens of output_message; None: no gate
    memory_threshold: float
    ethics: EthicsThresholds
    strictness_offsets: Mapping[Strictness, float]
    encoders: Mapping[EncoderName, tuple[str, ...]]
    faces: tuple[FacePlace, ...]
    hair_folder: str
    grounded_memory: bool = False  # refuse memories with words that were not said (a model that garbles copies)
    least_hangul: int = 0  # a text with fewer Hangul letters is not judged (an encoder that knows Korean alone)

    def thresholds(self, strictness: Strictness) -> EthicsThresholds:
        """Return the ethics thresholds at a space's strictness."""
        return self.ethics.moved(self.strictness_offsets[strictness])


def _kept(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 6)
