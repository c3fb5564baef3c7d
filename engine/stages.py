"""The model-shaped holes of a turn: what `engine.turn` asks of language models, encoders and the face.

Every call may be gathered with those of other turns into one batch; the caller cannot tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.turn_types import FaceChoice, Ombre, RenderedFace, RoleName


@dataclass(frozen=True, slots=True)
class Generated:
    """One model output: `text` is the new text only (special tokens kept out, the stop text included when it came)."""

    text: str
    new_tokens: int


class TextGenerator(Protocol):
    """The four language-model roles."""

    def count_tokens(self, role: RoleName, text: str) -> int:
        """Count the tokens of a text as the role's tokenizer encodes it, special tokens it adds included."""

    async def generate(self, role: RoleName, prompt: str, *, seed: int, temperature: float) -> Generated:
        """Sample one continuation of `prompt` (complete, start marker included) with the role's limits and stop text.

        Raises:
            engine.errors.EngineError: the model or its server failed; safe to try again.
        """


class SentenceEncoder(Protocol):
    """One Sentence-BERT."""

    @property
    def model_hash(self) -> str:
        """SHA-256 hex of the weights."""

    async def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Embed texts: (N, D) float32, rows of unit length (so that a dot product is the cosine)."""

    def windows(self, text: str) -> tuple[str, ...]:
        """Split a text into overlapping windows of at most the encoder's token limit; one window when it fits."""


@dataclass(frozen=True, slots=True)
class FaceRequest:
    """One face to render: raw scores as drawn (the engine applies each generator's signs)."""

    face: FaceChoice
    scores: tuple[float, float, float]  # eyes, mouth, pose
    ombre: Ombre
    seed: int


class FaceRenderer(Protocol):
    """Generator, hair mask, ombre and encoding."""

    def default_face_id(self) -> str:
        """Return the profile's default catalogue face."""

    async def render(self, request: FaceRequest) -> RenderedFace:
        """Render one picture or clip.

        Raises:
            engine.errors.EngineError: unknown face id, or weights that do not fit.
        """


Clock = Callable[[], float]  # seconds, monotonic
