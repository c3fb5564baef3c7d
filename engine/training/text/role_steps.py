"""The step `lm-role`: one adapter a role."""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer

from engine.training.context import Figure, Report, StepContext, Stopwatch
from engine.training.errors import TrainingError
from engine.training.text.adapters import ADAPTER_FILE, new_adapter, save_adapter
from engine.training.text.base_steps import BASE, read_base, read_tokenizer
from engine.training.text.budgets import TEXT_BUDGETS
from engine.training.text.casual import casual_pairs
from engine.training.text.dialogues import ROLES, Dialogue, RoleName
from engine.training.text.expand import expand
from engine.training.text.formats import PAD
from engine.training.text.language_model import row_batches, row_loss
from engine.training.text.loop import Checkpoint, LoopPlan, optimise
from engine.training.text.role_figures import exact_share, mean_loss
from engine.training.text.role_rows import TOKENS_A_ROW, adapter_rows
from engine.training.text.tokenizer import token_id
from engine.training.text.world_files import read_held_out, read_world

# The answer and what to remember are harder than the rest.
_LENGTH: dict[RoleName, float] = {"output_message": 2.0, "memory": 1.5, "summary": 0.6, "eyes_mouth_pose": 0.6}
_MEASURED = 80


def make_adapters(context: StepContext, watch: Stopwatch) -> Report:
    """Train the adapter of `context.target`, or all four, and measure each on the valid split.

    Raises:
        TrainingError: the target is no role, or the base is not there.
    """
    if context.target is not None and context.target not in ROLES:
        raise TrainingError(f"{context.target!r} is no role; choose one of {', '.join(ROLES)}, or none for all.")
    roles = ROLES if context.target is None else (context.target,)
    budget, tokenizer, held_out = TEXT_BUDGETS[context.budget], read_tokenizer(context), read_held_out(context)
    world = read_world(context, corpus_share=budget.corpus_share)
    count = max(50, budget.role_steps * 2 * budget.tokens // TOKENS_A_ROW)
    own = expand(world, "train", count, held_out, seed=context.seed + 1)
    licensed = casual_pairs(context.data_dir, held_out, seed=context.seed + 1)
    measured = expand(world, "valid", 4 if context.budget == "tiny" else _MEASURED, held_out, seed=context.seed)
    figures: dict[str, Figure] = {}
    files = []
    for role in roles:
        figures |= _make_adapter(context, tokenizer, role, own, licensed, measured)
        files.append(_folder(context, role) / ADAPTER_FILE)
    return Report("lm-role", watch.seconds(), figures, tuple(files))


def _folder(context: StepContext, role: RoleName) -> Path:
    return context.out / "weights" / "llm" / role


def _make_adapter(
    context: StepContext,
    tokenizer: Tokenizer,
    role: RoleName,
    own: list[Dialogue],
    licensed: list[Dialogue],
    measured: list[Dialogue],
) -> dict[str, Figure]:
    budget, pad = TEXT_BUDGETS[context.budget], token_id(tokenizer, PAD)
    model = new_adapter(read_base(context), seed=context.seed)
    rows = adapter_rows(tokenizer, role, own, licensed)
    checkpoint = Checkpoint(context.out / "checkpoints" / f"lm-role-{role}")
    loss = optimise(
        model,
        row_batches(rows, tokens=budget.tokens, pad=pad, seed=context.seed),
        lambda batch: row_loss(model, batch),
        LoopPlan(steps=max(2, int(budget.role_steps * _LENGTH[role])), rate=1.5e-3, weight_decay=0.0),
        label=f"lm-role {role}:",
        progress=context.progress,
        checkpoint=checkpoint,
    )
    checkpoint.clear()
    save_adapter(model, _folder(context, role), base_name=str(BASE))
    figures: dict[str, Figure] = {
        f"{role}_loss_train": round(loss, 4),
        f"{role}_loss_valid": mean_loss(model, tokenizer, role, measured, pad),
    }
    if role in ("memory", "eyes_mouth_pose"):
        figures[f"{role}_exact_valid"] = exact_share(model, tokenizer, role, measured)
    return figures
