"""Choosing the next token of each row, with randomness of its own.

The uniform numbers of a row come from its own seeded generator on the CPU, so a row is sampled the same in any batch
and on any device.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import EngineError

_DEFAULT_TOP_K = 50  # what transformers takes when a generation config does not say


@dataclass(frozen=True, slots=True)
class Sampling:
    """The sampling values of a model's own generation config. `top_k` 0 means all tokens."""

    top_k: int = _DEFAULT_TOP_K
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    end_tokens: frozenset[int] = frozenset()


def read_sampling(folder: Path) -> Sampling:
    """Read `generation_config.json` of a base model's folder (`config.json` for the end token where it is silent).

    Raises:
        EngineError: a file is damaged.
    """
    values: dict[str, object] = {}
    for name in ("config.json", "generation_config.json"):
        path = folder / name
        try:
            if path.is_file():
                values |= {k: v for k, v in json.loads(path.read_text(encoding="utf-8")).items() if v is not None}
        except (ValueError, AttributeError) as error:
            raise EngineError(f"{path} is damaged ({error}); fetch it again") from error
    ends = values.get("eos_token_id", ())
    return Sampling(
        top_k=int(str(values.get("top_k", _DEFAULT_TOP_K))),
        top_p=float(str(values.get("top_p", 1.0))),
        repetition_penalty=float(str(values.get("repetition_penalty", 1.0))),
        end_tokens=frozenset(ends) if isinstance(ends, list) else frozenset({int(str(ends))} if ends != () else ()),
    )


def uniforms(seed: int, count: int) -> list[float]:
    """Return `count` numbers in [0, 1) of a row's own generator."""
    generator = torch.Generator().manual_seed(seed % 2**63)
    drawn: list[float] = torch.rand(count, generator=generator, dtype=torch.float64).tolist()
    return drawn


def penalised(logits: Tensor, seen: Sequence[Sequence[int]], penalty: float) -> Tensor:
    """Return logits with the tokens already in a row made less likely (Keskar et al. 2019, CTRL).

    logits: (B, V) float32. seen: token ids of each row's prompt and output.
    """
    if penalty == 1.0:
        return logits
    logits = logits.clone()
    for row, ids in zip(logits, seen, strict=True):
        places = torch.tensor(sorted(set(ids)), device=logits.device)
        values = row[places]
        row[places] = torch.where(values < 0, values * penalty, values / penalty)
    return logits


def next_tokens(logits: Tensor, temperatures: Sequence[float], draws: Sequence[float], sampling: Sampling) -> list[int]:
    """Choose a token for each row: top-k, then top-p, then by the row's draw. Temperature 0 takes the likeliest.

    logits: (B, V) float32. draws: B numbers in [0, 1).
    """
    vocabulary = logits.shape[-1]
    kept = min(sampling.top_k, vocabulary) if sampling.top_k > 0 else vocabulary
    best, tokens = logits.topk(kept, dim=-1)
    # A greedy row keeps its order at any temperature above 0; its draw of 0 then takes the first token.
    warm = logits.new_tensor([value if value > 0 else 1.0 for value in temperatures])
    chances = torch.softmax(best / warm[:, None], dim=-1).double()
    sums = chances.cumsum(dim=-1)
    if sampling.top_p < 1.0:
        # Keep the fewest tokens whose chances reach top_p; the first always stays.
        chances = chances * (sums - chances < sampling.top_p)
        sums = chances.cumsum(dim=-1)
    aims = torch.tensor(
        [draw if value > 0 else 0.0 for value, draw in zip(temperatures, draws, strict=True)],
        dtype=torch.float64,
        device=logits.device,
    )
    places = (sums <= aims[:, None] * sums[:, -1:]).sum(dim=-1, keepdim=True).clamp_(max=kept - 1)
    chosen: list[int] = tokens.gather(1, places)[:, 0].tolist()
    return chosen
