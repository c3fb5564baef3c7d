"""How much each text step may do."""

from __future__ import annotations

from dataclasses import dataclass

from engine.training.context import Budget
from engine.training.text.language_model import TINY_SHAPE, BaseShape
from engine.training.text.tokenizer import SYLLABLES, VOCABULARY


@dataclass(frozen=True, slots=True)
class TextBudget:
    """Sizes and numbers of steps; `corpus_share` thins the licensed text, `tokens` is the size of a batch of rows."""

    shape: BaseShape
    vocabulary: int
    syllables: int
    corpus_share: float
    general_steps: int
    dialogue_steps: int
    role_steps: int
    similarity_steps: int
    lookup_steps: int
    ethics_steps: int
    tokens: int = 2048
    block: int = 128
    harmless: int = 5000


TEXT_BUDGETS: dict[Budget, TextBudget] = {
    "tiny": TextBudget(TINY_SHAPE, 900, 500, 0.02, 3, 4, 3, 3, 3, 3, tokens=512, block=64, harmless=60),
    "small": TextBudget(BaseShape(), VOCABULARY, SYLLABLES, 1.0, 1200, 2600, 100, 500, 700, 450),
    "full": TextBudget(BaseShape(384, 8, 6, 1024), 6000, 2000, 1.0, 6000, 12000, 600, 2000, 2500, 3000),
}
