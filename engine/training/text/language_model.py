"""The small Llama-type base of the mini profile: shape, batches and loss."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

from engine.training.text.formats import BOS, EOS, PAD
from engine.training.text.tokenizer import token_id

LONGEST = 512
IGNORED = -100


@dataclass(frozen=True, slots=True)
class BaseShape:
    """Sizes of the base; the default has 4.8 M parameters, 9.6 MB as float16."""

    hidden: int = 256
    layers: int = 5
    heads: int = 4
    inner: int = 640


TINY_SHAPE = BaseShape(hidden=32, layers=2, heads=2, inner=64)


def new_base(tokenizer: Tokenizer, shape: BaseShape, *, seed: int) -> LlamaForCausalLM:
    """Make a base with random weights."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=shape.hidden,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        max_position_embeddings=LONGEST,
        tie_word_embeddings=True,
        bos_token_id=token_id(tokenizer, BOS),
        eos_token_id=token_id(tokenizer, EOS),
        pad_token_id=token_id(tokenizer, PAD),
    )
    return LlamaForCausalLM(config)


def save_base(model: LlamaForCausalLM, folder: Path) -> None:
    """Write the base as float16 safetensors; the model given is left as it is."""
    # The head is tied to the embedding: one of the two is enough.
    state = {name: value.detach().half() for name, value in model.state_dict().items() if name != "lm_head.weight"}
    model.generation_config = GenerationConfig(
        do_sample=True,
        temperature=0.6,
        top_k=20,
        top_p=0.8,
        bos_token_id=model.config.bos_token_id,
        eos_token_id=model.config.eos_token_id,
        pad_token_id=model.config.pad_token_id,
    )
    model.save_pretrained(folder, state_dict=state)
    (folder / "model.safetensors").chmod(0o644)


def load_base(folder: Path) -> LlamaForCausalLM:
    """Read a base and upcast it to float32."""
    return LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)


def packed_blocks(tokenizer: Tokenizer, texts: Sequence[str], *, length: int) -> torch.Tensor:
    """Join documents with begin and end marks into (N, length) int64 blocks."""
    end = token_id(tokenizer, EOS)
    stream: list[int] = []
    for encoded in tokenizer.encode_batch(list(texts)):
        stream += encoded.ids
        stream.append(end)
    count = max(1, len(stream) // length)
    stream += [end] * (count * length - len(stream))
    return torch.tensor(stream[: count * length]).view(count, length)


def block_batches(blocks: torch.Tensor, size: int) -> list[torch.Tensor]:
    """Cut (N, T) blocks into batches of `size` rows."""
    return [blocks[first : first + size] for first in range(0, len(blocks), size)]


def block_loss(model: LlamaForCausalLM, batch: torch.Tensor) -> torch.Tensor:
    """Return the next-token loss of one batch of blocks."""
    return model(input_ids=batch, labels=batch, use_cache=False).loss


@dataclass(frozen=True, slots=True)
class Row:
    """One training row: token ids, and how many of the first carry no loss."""

    ids: tuple[int, ...]
    prompt_length: int


def encode_rows(
    tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]], *, prompt_loss: bool, longest: int = 192
) -> list[Row]:
    """Encode (prompt, completion) pairs; with `prompt_loss` the prompt is learned as well. Longer rows are left out."""
    end = token_id(tokenizer, EOS)
    prompts = tokenizer.encode_batch([prompt for prompt, _ in pairs])
    completions = tokenizer.encode_batch([completion for _, completion in pairs], add_special_tokens=False)
    rows = []
    for prompt, completion in zip(prompts, completions, strict=True):
        ids = (*prompt.ids, *completion.ids, end)
        if len(ids) <= longest:
            rows.append(Row(ids, 1 if prompt_loss else len(prompt.ids)))
    return rows


def row_batches(rows: Sequence[Row], *, tokens: int, pad: int, seed: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Group rows of like length into seeded batches of about `tokens`: ((B, T) ids, (B, T) labels), right-padded."""
    chooser = random.Random(seed)
    ordered = sorted(rows, key=lambda row: len(row.ids) + chooser.uniform(0, 6))
    batches, group = [], list[Row]()
    for row in ordered:
        if group and (len(group) + 1) * max(len(row.ids), len(group[-1].ids)) > tokens:
            batches.append(_padded(group, pad))
            group = []
        group.append(row)
    if group:
        batches.append(_padded(group, pad))
    chooser.shuffle(batches)
    return batches


def _padded(rows: Sequence[Row], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    width = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), width), pad)
    labels = torch.full((len(rows), width), IGNORED)
    for index, row in enumerate(rows):
        ids[index, : len(row.ids)] = torch.tensor(row.ids)
        labels[index, row.prompt_length : len(row.ids)] = torch.tensor(row.ids[row.prompt_length :])
    return ids, labels


def row_loss(model: torch.nn.Module, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Return the loss over the labelled tokens; right padding needs no mask in a causal model."""
    ids, labels = batch
    loss: torch.Tensor = model(input_ids=ids, labels=labels, use_cache=False).loss
    return loss
