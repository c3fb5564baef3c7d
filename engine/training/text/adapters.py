"""The four LoRA adapters of the mini profile."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import LlamaForCausalLM

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
RANK = 8
ADAPTER_FILE = "adapter_model.safetensors"


def new_adapter(base: LlamaForCausalLM, *, rank: int = RANK, seed: int) -> PeftModel:
    """Put a fresh adapter on a base (Gaussian start, alpha twice the rank); only the adapter is trainable."""
    torch.manual_seed(seed)
    config = LoraConfig(
        r=rank,
        lora_alpha=2 * rank,
        lora_dropout=0.0,
        init_lora_weights="gaussian",
        task_type="CAUSAL_LM",
        target_modules=list(TARGETS),
    )
    with warnings.catch_warnings():
        # peft still reads a name that transformers has renamed.
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*", category=FutureWarning)
        return get_peft_model(base, config)


def save_adapter(model: PeftModel, folder: Path, *, base_name: str) -> None:
    """Write the adapter with the published file names, weights as float16."""
    model.peft_config["default"].base_model_name_or_path = base_name
    model.save_pretrained(str(folder), save_embedding_layers=False)
    weights = load_file(folder / ADAPTER_FILE)
    save_file({name: value.to(torch.float16) for name, value in weights.items()}, folder / ADAPTER_FILE)
    (folder / "README.md").unlink(missing_ok=True)
