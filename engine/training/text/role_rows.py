"""Which rows the base and each role adapter learn from, and in what shares."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tokenizers import Tokenizer

from engine.training.text.dialogues import ROLES, Dialogue, RoleName
from engine.training.text.language_model import Row, encode_rows

# Shares of the base's dialogue rows; answers of the licensed set come on top of our own.
_SHARES: dict[RoleName, float] = {"output_message": 0.38, "memory": 0.32, "summary": 0.06, "eyes_mouth_pose": 0.06}
_LICENSED_SHARE = 0.22
TOKENS_A_ROW = 48


def base_rows(
    tokenizer: Tokenizer, own: Sequence[Dialogue], licensed: Sequence[Dialogue], *, rows: int, seed: int
) -> list[Row]:
    """Mix about `rows` rows of all roles; what people say is learned as well, but only from the licensed rows."""
    chooser = random.Random(seed)
    mixed: list[Row] = []
    for role in ROLES:
        pairs = [row for one in own if (row := one.row(role))]
        chooser.shuffle(pairs)
        chosen = pairs[: max(1, int(rows * _SHARES[role]))]
        mixed += encode_rows(tokenizer, chosen, prompt_loss=False)
    answers = [row for one in licensed if (row := one.row("output_message"))]
    repeats = max(1, round(rows * _LICENSED_SHARE / max(1, len(answers))))
    for _ in range(repeats):
        mixed += encode_rows(tokenizer, answers, prompt_loss=True)
    return mixed


def adapter_rows(
    tokenizer: Tokenizer, role: RoleName, own: Sequence[Dialogue], licensed: Sequence[Dialogue]
) -> list[Row]:
    """Give the rows of one role; only the completion is learned."""
    pairs = [row for one in own if (row := one.row(role))]
    if role == "output_message":
        pairs = pairs[: len(pairs) * 2 // 3]
        pairs += [row for one in licensed[: len(pairs) * 3 // 4] if (row := one.row(role))]
    return encode_rows(tokenizer, pairs, prompt_loss=False)
