"""Llama (Touvron et al. 2023), as Kanana and the mini model use it: one forward pass over transformers' weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import embedding, linear, rms_norm

from engine.llm.attention import AttentionPlan
from engine.llm.causal_model import CausalModel, RotaryTable, rotate
from engine.llm.kv_cache import CacheShape
from engine.llm.lora import AdaptedLinear, RowAdapters
from engine.llm.matrix import MakeMatrix, PlainMatrix


@dataclass(frozen=True, slots=True)
class _Layer:
    norm_before: Tensor
    query_key_value: AdaptedLinear
    out: AdaptedLinear
    norm_between: Tensor
    gate_up: AdaptedLinear
    activation: Callable[[Tensor], Tensor]
    down: AdaptedLinear


class Llama(CausalModel):
    """A `LlamaForCausalLM` taken apart; the given model must not be used afterwards."""

    def __init__(self, model: Any, make_matrix: MakeMatrix = PlainMatrix) -> None:
        config = model.config
        self._head_size: int = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        self._query_heads: int = config.num_attention_heads
        self._key_heads: int = config.num_key_value_heads
        self._epsilon: float = config.rms_norm_eps
        self._embedding: Tensor = model.model.embed_tokens.weight.detach()
        device, dtype = self._embedding.device, self._embedding.dtype
        width = 2 * self._key_heads * self._head_size
        shape = CacheShape(config.num_hidden_layers, width, dtype, device)
        super().__init__(shape, config.max_position_embeddings, make_matrix)
        self._rotary = RotaryTable(model.model.rotary_emb, dtype, device)
        self._layers = [self._taken(f"model.layers.{i}", layer) for i, layer in enumerate(model.model.layers)]
        self._norm: Tensor = model.model.norm.weight.detach()
        self._head: Tensor = model.lm_head.weight.detach()

    def _taken(self, name: str, layer: Any) -> _Layer:
        attention, mlp = layer.self_attn, layer.mlp
        return _Layer(
            norm_before=layer.input_layernorm.weight.detach(),
            query_key_value=self._adapted(
                (f"{name}.self_attn.q_proj", attention.q_proj),
                (f"{name}.self_attn.k_proj", attention.k_proj),
                (f"{name}.self_attn.v_proj", attention.v_proj),
            ),
            out=self._adapted((f"{name}.self_attn.o_proj", attention.o_proj)),
            norm_between=layer.post_attention_layernorm.weight.detach(),
            gate_up=self._adapted((f"{name}.mlp.gate_proj", mlp.gate_proj), (f"{name}.mlp.up_proj", mlp.up_proj)),
            activation=mlp.act_fn,
            down=self._adapted((f"{name}.mlp.down_proj", mlp.down_proj)),
        )

    def forward(self, tokens: Tensor, plan: AttentionPlan, adapters: RowAdapters, last: Tensor) -> Tensor:
        """Return the logits after each row's last token. See `CausalModel.forward`."""
        hidden = embedding(tokens, self._embedding)
        size = hidden.shape[-1:]
        cos, sin = self._rotary.at(plan.positions, plan.longest)
        for index, layer in enumerate(self._layers):
            x = rms_norm(hidden, size, layer.norm_before, self._epsilon)
            heads = layer.query_key_value(x, adapters).unflatten(2, (-1, self._head_size))
            turned = rotate(heads[:, :, : self._query_heads + self._key_heads], cos, sin)
            heads[:, :, self._query_heads : self._query_heads + self._key_heads] = turned[:, :, self._query_heads :]
            key_value = heads[:, :, self._query_heads :].unflatten(2, (2, self._key_heads))
            query = turned[:, :, : self._query_heads].transpose(1, 2)
            context = plan.attend(index, query, key_value, heads_last=True)
            hidden = hidden + layer.out(context, adapters)
            x = rms_norm(hidden, size, layer.norm_between, self._epsilon)
            gate, up = layer.gate_up(x, adapters).chunk(2, dim=-1)
            hidden = hidden + layer.down(layer.activation(gate) * up, adapters)
        final = hidden[torch.arange(tokens.shape[0], device=last.device), last]
        return linear(rms_norm(final, size, self._norm, self._epsilon), self._head).float()
