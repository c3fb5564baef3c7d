"""The steps `tokenizer` and `lm-base`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from engine.training.context import Report, StepContext, Stopwatch
from engine.training.errors import TrainingError
from engine.training.text.budgets import TEXT_BUDGETS, TextBudget
from engine.training.text.casual import casual_pairs
from engine.training.text.corpora import documents
from engine.training.text.expand import expand
from engine.training.text.formats import PAD
from engine.training.text.language_model import (
    LONGEST,
    block_batches,
    block_loss,
    load_base,
    new_base,
    packed_blocks,
    row_batches,
    row_loss,
    save_base,
)
from engine.training.text.loop import Checkpoint, LoopPlan, optimise
from engine.training.text.role_rows import TOKENS_A_ROW, base_rows
from engine.training.text.tokenizer import load_tokenizer, save_tokenizer, token_id, train_tokenizer
from engine.training.text.world_files import read_held_out, read_world

BASE = Path("llm/base")


def base_folder(context: StepContext) -> Path:
    """Return the folder of the base under the step's output."""
    return context.out / "weights" / BASE


def read_tokenizer(context: StepContext) -> Tokenizer:
    """Read the tokenizer that the first step left.

    Raises:
        TrainingError: it is not there yet.
    """
    if not (base_folder(context) / "tokenizer.json").is_file():
        raise TrainingError(
            f"{base_folder(context)} has no tokenizer.json; run the step `tokenizer` with the same --out first."
        )
    return load_tokenizer(base_folder(context))


def read_base(context: StepContext) -> LlamaForCausalLM:
    """Read the base that `lm-base` left.

    Raises:
        TrainingError: it is not there yet.
    """
    if not (base_folder(context) / "model.safetensors").is_file():
        raise TrainingError(f"{base_folder(context)} has no weights; run the step `lm-base` with the same --out first.")
    return load_base(base_folder(context))


def make_tokenizer(context: StepContext, watch: Stopwatch) -> Report:
    """Learn the tokenizer and measure how many tokens a letter takes."""
    budget = TEXT_BUDGETS[context.budget]
    context.progress("reading the licensed text", 0.0, None)
    texts = documents(context.data_dir, read_held_out(context), seed=context.seed, share=budget.corpus_share)
    tokenizer = train_tokenizer(texts, vocabulary=budget.vocabulary, syllables=budget.syllables)
    save_tokenizer(tokenizer, base_folder(context), longest=LONGEST)
    sample = texts[:2000]
    tokens = sum(len(encoded.ids) - 1 for encoded in tokenizer.encode_batch(sample))
    context.progress("tokenizer written", 1.0, 0.0)
    figures = {"vocabulary": tokenizer.get_vocab_size(), "tokens_per_letter": round(tokens / sum(map(len, sample)), 4)}
    return Report("tokenizer", watch.seconds(), figures, (base_folder(context) / "tokenizer.json",))


def make_base(context: StepContext, watch: Stopwatch) -> Report:
    """Train the base in two stages: licensed text in packed blocks, then dialogues row by row."""
    torch.manual_seed(context.seed)
    budget, tokenizer = TEXT_BUDGETS[context.budget], read_tokenizer(context)
    model = new_base(tokenizer, budget.shape, seed=context.seed)
    general = _stage(context, model, "general", lambda: _general(context, model, tokenizer, budget))
    dialogue = _stage(context, model, "dialogue", lambda: _dialogue(context, model, tokenizer, budget))
    save_base(model, base_folder(context))
    figures = {
        "parameters": sum(value.numel() for value in model.parameters()),
        "loss_general": round(general, 4),
        "loss_dialogue": round(dialogue, 4),
    }
    return Report("lm-base", watch.seconds(), figures, (base_folder(context) / "model.safetensors",))


def _stage(context: StepContext, model: LlamaForCausalLM, name: str, train: Callable[[], float]) -> float:
    """Run a stage, or take the weights it left in an earlier run."""
    done = context.out / "checkpoints" / f"lm-base-{name}-done"
    if (done / "model.safetensors").is_file():
        model.load_state_dict(load_base(done).state_dict())
        return float((done / "loss.txt").read_text(encoding="utf-8"))
    loss = train()
    save_base(model, done)
    (done / "loss.txt").write_text(f"{loss:.6f}", encoding="utf-8")
    _checkpoint(context, name).clear()
    return loss


def _checkpoint(context: StepContext, name: str) -> Checkpoint:
    return Checkpoint(context.out / "checkpoints" / f"lm-base-{name}")


def _general(context: StepContext, model: LlamaForCausalLM, tokenizer: Tokenizer, budget: TextBudget) -> float:
    texts = documents(context.data_dir, read_held_out(context), seed=context.seed, share=budget.corpus_share)
    batches = block_batches(packed_blocks(tokenizer, texts, length=budget.block), 2 * budget.tokens // budget.block)
    return optimise(
        model,
        batches,
        lambda batch: block_loss(model, batch),
        LoopPlan(steps=budget.general_steps, rate=2e-3),
        label="lm-base, licensed text:",
        progress=context.progress,
        checkpoint=_checkpoint(context, "general"),
    )


def _dialogue(context: StepContext, model: LlamaForCausalLM, tokenizer: Tokenizer, budget: TextBudget) -> float:
    held_out, world = read_held_out(context), read_world(context, corpus_share=budget.corpus_share)
    wanted = budget.dialogue_steps * budget.tokens // TOKENS_A_ROW
    own = expand(world, "train", max(50, wanted // 2), held_out, seed=context.seed)
    licensed = casual_pairs(context.data_dir, held_out, seed=context.seed)
    rows = base_rows(tokenizer, own, licensed, rows=wanted, seed=context.seed)
    batches = row_batches(rows, tokens=budget.tokens, pad=token_id(tokenizer, PAD), seed=context.seed)
    return optimise(
        model,
        batches,
        lambda batch: row_loss(model, batch),
        LoopPlan(steps=budget.dialogue_steps, rate=1.5e-3),
        label="lm-base, dialogues:",
        progress=context.progress,
        checkpoint=_checkpoint(context, "dialogue"),
    )
