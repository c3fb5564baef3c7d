"""Tiny random language models, tokenizers and adapters, written in the published layout."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM, LlamaForCausalLM

from engine.llm.base_config import WideHeadsLlamaConfig

KANANA_TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
POLYGLOT_TARGETS = ("query_key_value",)
# peft 0.21 asks transformers 5.23 for a property by its old name.
PEFT_WARNING = "ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"
END = "<|endoftext|>"
AUTHOR_PATH = r"C:\Users\author\models\original"
_TEXTS = [
    "안녕 오늘 뭐 해? (답변 시작) 반가워! (답변 종료)",
    "내일 친구랑 영화 보기로 했어 (요약 시작) [내일 일정: 친구랑 영화] (요약 종료)",
    "눈 보통, 입 크게, 고개 돌림 없음 (표정 출력 시작) (표정 출력 종료)",
]


def tiny_tokenizer() -> Tokenizer:
    """A byte-level BPE of about 300 tokens; every text decodes to itself."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        _TEXTS,
        trainers.BpeTrainer(vocab_size=300, special_tokens=[END], initial_alphabet=alphabet, show_progress=False),
    )
    return tokenizer


def tiny_llama(seed: int = 0) -> LlamaForCausalLM:
    torch.manual_seed(seed)
    config = WideHeadsLlamaConfig(
        vocab_size=300,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=6,  # as with Kanana, 6 heads of 8 are wider than the hidden size
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=256,
        initializer_range=0.25,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=0,
    )
    return LlamaForCausalLM(config).eval()


def tiny_neox(seed: int = 0) -> GPTNeoXForCausalLM:
    torch.manual_seed(seed)
    config = GPTNeoXConfig(
        vocab_size=300,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=256,
        initializer_range=0.25,
        rotary_pct=0.5,
        bos_token_id=0,
        eos_token_id=0,
    )
    return GPTNeoXForCausalLM(config).eval()


def save_base(model: torch.nn.Module, folder: Path) -> None:
    model.generation_config.do_sample = True  # type: ignore[union-attr,assignment]
    model.save_pretrained(folder)  # type: ignore[operator]
    tiny_tokenizer().save(str(folder / "tokenizer.json"))


def save_adapter(
    model: torch.nn.Module, folder: Path, *, seed: int, rank: int = 4, targets: Sequence[str] = KANANA_TARGETS
) -> None:
    """Write a random adapter as peft does, then put the author's path into its config as published."""
    torch.manual_seed(seed)
    config = LoraConfig(r=rank, lora_alpha=16, target_modules=list(targets), task_type="CAUSAL_LM", lora_dropout=0.05)
    tuned = get_peft_model(model, config)
    for name, weight in tuned.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    tuned.save_pretrained(str(folder))
    tuned.unload()
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "base_model_name_or_path": AUTHOR_PATH}))
    tiny_tokenizer().save(str(folder / "tokenizer.json"))
