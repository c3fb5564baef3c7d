"""Measuring the roles on dialogues that no training saw."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from tokenizers import Tokenizer

from engine.training.text.dialogues import Dialogue, RoleName
from engine.training.text.formats import ANSWER_END, BOS, EOS, EXPRESSION_END, NOTE_END
from engine.training.text.language_model import encode_rows, row_batches, row_loss
from engine.training.text.tokenizer import token_id

_ENDS: dict[RoleName, str] = {
    "output_message": ANSWER_END,
    "memory": NOTE_END,
    "summary": NOTE_END,
    "eyes_mouth_pose": EXPRESSION_END,
}


@torch.inference_mode()
def complete(model: torch.nn.Module, tokenizer: Tokenizer, role: RoleName, prompt: str, *, longest: int = 64) -> str:
    """Continue a prompt greedily until the role's end marker; the marker is left out."""
    ids = tokenizer.encode(prompt).ids
    stops = {token_id(tokenizer, _ENDS[role]), token_id(tokenizer, EOS), token_id(tokenizer, BOS)}
    fed, made, cache = torch.tensor([ids]), list[int](), None
    for _ in range(longest):
        out = model(input_ids=fed, past_key_values=cache, use_cache=True)
        token, cache = int(out.logits[0, -1].argmax()), out.past_key_values
        if token in stops:
            break
        made.append(token)
        fed = torch.tensor([[token]])
    return str(tokenizer.decode(made))


def exact_share(model: torch.nn.Module, tokenizer: Tokenizer, role: RoleName, dialogues: Sequence[Dialogue]) -> float:
    """Return the share of dialogues whose greedy completion is word for word the one written."""
    right = total = 0
    for one in dialogues:
        if row := one.row(role):
            made = complete(model, tokenizer, role, row[0])
            right += made.split() == row[1].replace(_ENDS[role], "").split()
            total += 1
    return round(right / max(1, total), 4)


@torch.inference_mode()
def mean_loss(
    model: torch.nn.Module, tokenizer: Tokenizer, role: RoleName, dialogues: Sequence[Dialogue], pad: int
) -> float:
    """Return the mean loss of the completions of a role."""
    pairs = [row for one in dialogues if (row := one.row(role))]
    batches = row_batches(encode_rows(tokenizer, pairs, prompt_loss=False), tokens=2048, pad=pad, seed=0)
    losses = [row_loss(model, batch).item() for batch in batches]
    return round(sum(losses) / max(1, len(losses)), 4)
