"""The configuration of a base language model, as its folder has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from huggingface_hub.dataclasses import strict
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM, LlamaConfig, LlamaForCausalLM


@strict
class WideHeadsLlamaConfig(LlamaConfig):
    """A `LlamaConfig` whose heads may be of any width.

    transformers 5 wants the hidden size to be a multiple of the number of heads, though its layers follow `head_dim`.
    Kanana 1.5 2.1B (1792, 24 heads of 128) is not so.
    """

    def validate_architecture(self) -> None:
        """Accept every architecture that the layers can be built from."""


def read_config(folder: Path) -> tuple[Any, Any]:
    """Return the configuration in the folder of a Llama or GPT-NeoX and the transformers class of the model.

    Raises:
        OSError, ValueError: the file is missing or damaged.
    """
    values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if values.get("model_type") == "llama":
        return WideHeadsLlamaConfig.from_pretrained(folder, local_files_only=True), LlamaForCausalLM
    return GPTNeoXConfig.from_pretrained(folder, local_files_only=True), GPTNeoXForCausalLM
