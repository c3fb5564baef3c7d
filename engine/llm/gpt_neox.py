"""GPT-NeoX (Black et al. 2022), as Polyglot-Ko uses it: one forward pass over transformers' weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import embedding, layer_norm, linear

from engine.llm.attention import AttentionPlan
from engine.llm.causal_model import CausalModel, RotaryTable, rotate
from engine.llm.kv_cache import CacheShape
from engine.llm.lora import AdaptedLinear, RowAdapters
from engine.llm.matrix import MakeMatrix, PlainMatrix


@dataclass(frozen=True, slots=True)
class _Norm:
    weight: Tensor
    bias: Tensor
    epsilon: float

    def __call__(self, x: Tensor) -> Tensor:
        return layer_norm(x, x.shape[-1:], self.weight, self.bias, self.epsilon)


@dataclass(frozen=True, slots=True)
class _Layer:
    norm_attention: _Norm
    query_key_value: AdaptedLinear
    dense: AdaptedLinear
    norm_mlp: _Norm
    wide: AdaptedLinear
    activation: Callable[[Tensor], Tensor]
    narrow: AdaptedLinear


class GptNeox(CausalModel):
    """A `GPTNeoXForCausalLM` taken apart; the given model must not be used afterwards."""

    def __init__(self, model: Any, make_matrix: MakeMatrix = PlainMatrix) -> None:
        config = model.config
        self._head_size: int = config.hidden_size // config.num_attention_heads
        self._rotary_size = int(self._head_size * config.rope_parameters.get("partial_rotary_factor", 1.0))
        self._parallel: bool = config.use_parallel_residual
        self._embedding: Tensor = model.gpt_neox.embed_in.weight.detach()
        device, dtype = self._embedding.device, self._embedding.dtype
        shape = CacheShape(config.num_hidden_layers, 2 * config.hidden_size, dtype, device)
        super().__init__(shape, config.max_position_embeddings, make_matrix)
        self._rotary = RotaryTable(model.gpt_neox.rotary_emb, dtype, device)
        self._layers = [self._taken(f"gpt_neox.layers.{i}", layer) for i, layer in enumerate(model.gpt_neox.layers)]
        self._norm = _norm(model.gpt_neox.final_layer_norm)
        self._head: Tensor = model.get_output_embeddings().weight.detach()

    def _taken(self, name: str, layer: Any) -> _Layer:
        attention, mlp = layer.attention, layer.mlp
        return _Layer(
            norm_attention=_norm(layer.input_layernorm),
            query_key_value=self._adapted((f"{name}.attention.query_key_value", attention.query_key_value)),
            dense=self._adapted((f"{name}.attention.dense", attention.dense)),
            norm_mlp=_norm(layer.post_attention_layernorm),
            wide=self._adapted((f"{name}.mlp.dense_h_to_4h", mlp.dense_h_to_4h)),
            activation=mlp.act,
            narrow=self._adapted((f"{name}.mlp.dense_4h_to_h", mlp.dense_4h_to_h)),
        )

    def forward(self, tokens: Tensor, plan: AttentionPlan, adapters: RowAdapters, last: Tensor) -> Tensor:
        """Return the logits after each row's last token. See `CausalModel.forward`."""
        hidden = embedding(tokens, self._embedding)
        cos, sin = self._rotary.at(plan.positions, plan.longest)
        cos, sin = cos[..., None, :], sin[..., None, :]
        for index, layer in enumerate(self._layers):
            heads = layer.query_key_value(layer.norm_attention(hidden), adapters).unflatten(2, (-1, 3, self._head_size))
            turned = heads[:, :, :, :2, : self._rotary_size]
            turned.copy_(rotate(turned, cos, sin))
            context = plan.attend(index, heads[:, :, :, 0].transpose(1, 2), heads[:, :, :, 1:], heads_last=False)
            attended = layer.dense(context, adapters)
            read = hidden if self._parallel else hidden + attended
            wide = layer.activation(layer.wide(layer.norm_mlp(read), adapters))
            hidden = layer.narrow(wide, adapters) + attended + hidden
        final = hidden[torch.arange(tokens.shape[0], device=last.device), last]
        return linear(self._norm(final), self._head).float()


def _norm(module: Any) -> _Norm:
    return _Norm(module.weight.detach(), module.bias.detach(), module.eps)
