"""The small sentence encoder: the lowest layers of the mini language model with mean pooling, laid out as published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM, LlamaModel

from engine.training.text.formats import PAD
from engine.training.text.tokenizer import save_tokenizer, token_id

LONGEST = 64
LAYERS = 2


class PooledEncoder(torch.nn.Module):
    """A Llama body whose sentence vector is the mean of its token vectors, of unit length."""

    def __init__(self, body: LlamaModel, tokenizer: Tokenizer) -> None:
        super().__init__()
        self.body = body
        self._tokenizer = tokenizer
        self._pad = token_id(tokenizer, PAD)

    @classmethod
    def from_language_model(
        cls, model: LlamaForCausalLM, tokenizer: Tokenizer, *, layers: int = LAYERS
    ) -> PooledEncoder:
        """Start from the lowest layers of a language model."""
        body = model.model
        body.layers = body.layers[:layers]
        body.config.num_hidden_layers = len(body.layers)
        body.config.architectures = ["LlamaModel"]
        return cls(body, tokenizer)

    def token_ids(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Encode lower-cased texts: (N, T) int64 ids, right-padded, and (N, T) float32 mask."""
        rows = [encoded.ids[:LONGEST] for encoded in self._tokenizer.encode_batch([text.lower() for text in texts])]
        width = max(map(len, rows))
        ids = torch.full((len(rows), width), self._pad)
        mask = torch.zeros(len(rows), width)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = torch.tensor(row)
            mask[index, : len(row)] = 1.0
        return ids, mask

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """Embed texts: (N, D) float32, rows of unit length. Right padding needs no mask in a causal body."""
        ids, mask = self.token_ids(texts)
        hidden = self.body(input_ids=ids, use_cache=False).last_hidden_state.float()
        pooled = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(pooled, dim=-1)

    @torch.inference_mode()
    def embed(self, texts: Sequence[str], *, batch: int = 128) -> torch.Tensor:
        """Embed many texts without gradients: (N, D) float32."""
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        vectors = torch.empty(len(texts), self.body.config.hidden_size)
        for first in range(0, len(order), batch):
            chosen = order[first : first + batch]
            vectors[chosen] = self([texts[index] for index in chosen])
        return vectors

    def save(self, folder: Path) -> None:
        """Write float16 weights, configuration and tokenizer as sentence-transformers reads them."""
        folder.mkdir(parents=True, exist_ok=True)
        state = {name: value.detach().to(torch.float16) for name, value in self.body.state_dict().items()}
        self.body.save_pretrained(folder, state_dict=state)
        (folder / "model.safetensors").chmod(0o644)
        save_tokenizer(self._tokenizer, folder, longest=LONGEST, padding_side="right")
