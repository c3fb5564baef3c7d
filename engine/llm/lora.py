"""LoRA adapters as published (peft folders), and linear layers in which each row of a batch has an adapter of its own.

LoRA (Hu et al. 2021): y = W x + (alpha / r) B A x. The matrices of all adapters present in a batch are laid side by
side; each row keeps only the part of its own adapter (the others are multiplied by zero), so one pass serves them all.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import linear

from engine.errors import EngineError
from engine.llm.matrix import Matrix, PlainMatrix
from weights.lock import check_pinned

CONFIG_FILE = "adapter_config.json"
WEIGHTS_FILE = "adapter_model.safetensors"
_PREFIX = "base_model.model."
# Layers of up to this many weights keep a copy with each adapter folded in, for batches of one role.
_SMALL = 2**20


@dataclass(frozen=True, slots=True)
class LowRank:
    """One layer's part of an adapter: `down` (r, in) and `up` (out, r), the scale alpha / r folded into `up`."""

    down: Tensor
    up: Tensor


Adapter = Mapping[str, LowRank]  # by the name of the base model's linear layer


def read_adapter(folder: Path, dtype: torch.dtype, device: torch.device) -> Adapter:
    """Read a peft LoRA folder; which base it was made for on the author's machine is not looked at.

    Raises:
        EngineError: a file is missing, broken, or of a kind of adapter that is not plain LoRA.
    """
    check_pinned(folder / WEIGHTS_FILE)
    try:
        config = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
        tensors = load_file(folder / WEIGHTS_FILE)
    except (OSError, ValueError, RuntimeError) as error:
        raise EngineError(f"The adapter in {folder} cannot be read ({error}); fetch it again") from error
    except Exception as error:  # safetensors raises its own error type, which it does not export for typing
        raise EngineError(f"The adapter in {folder} is damaged ({error}); fetch it again") from error
    _refuse_unknown(folder, config)
    names = sorted(key.removesuffix(".lora_A.weight") for key in tensors if key.endswith(".lora_A.weight"))
    if not names or len(tensors) != 2 * len(names):
        raise EngineError(f"The adapter in {folder} holds other tensors than LoRA pairs; fetch it again")
    adapter: dict[str, LowRank] = {}
    for name in names:
        down, up = tensors[f"{name}.lora_A.weight"], tensors.get(f"{name}.lora_B.weight")
        if up is None or up.shape[1] != down.shape[0]:
            raise EngineError(f"The adapter in {folder} has no matching pair for {name}; fetch it again")
        if not (torch.isfinite(down).all() and torch.isfinite(up).all()):
            raise EngineError(f"The adapter in {folder} holds numbers that are not finite; fetch it again")
        rank = down.shape[0]
        scale = float(config["lora_alpha"]) / (math.sqrt(rank) if config.get("use_rslora") else rank)
        scaled = (up.float() * scale).to(device, dtype)
        adapter[name.removeprefix(_PREFIX)] = LowRank(down.to(device, dtype), scaled)
    return adapter


def _refuse_unknown(folder: Path, config: Mapping[str, object]) -> None:
    if config.get("peft_type") != "LORA" or "lora_alpha" not in config:
        raise EngineError(f"The adapter in {folder} is not a LoRA adapter; fetch the published one")
    unknown = ("use_dora", "modules_to_save", "alpha_pattern", "fan_in_fan_out", "lora_bias")
    found = [name for name in unknown if config.get(name)]
    if found or config.get("bias", "none") != "none":
        raise EngineError(f"The adapter in {folder} uses {', '.join(found) or 'bias'}, which is not supported")


@dataclass(frozen=True, slots=True)
class RowAdapters:
    """Which adapters one forward pass uses.

    `present`: the adapters, in order. `share`: (B, 1, len(present), 1), one at the row's own adapter, else zero; None
    when only one is present.
    """

    present: tuple[str, ...]
    share: Tensor | None

    @staticmethod
    def of(rows: Sequence[str], dtype: torch.dtype, device: torch.device) -> RowAdapters:
        """Describe the adapters of the rows of a batch, given by name; an empty name means none."""
        present = tuple(sorted(set(rows)))
        if len(present) == 1:
            return RowAdapters(present if present[0] else (), None)
        present = tuple(name for name in present if name)
        share = torch.tensor([[float(name == row) for name in present] for row in rows], dtype=dtype, device=device)
        return RowAdapters(present, share[:, None, :, None])


class AdaptedLinear:
    """A linear layer, or several that read the same input fused into one, with adapters chosen by row."""

    def __init__(self, matrix: Matrix, bias: Tensor | None) -> None:
        """Make a layer of `matrix` (out, in) and `bias` (out,)."""
        self.matrix = matrix
        self.bias = bias
        self._adapters: dict[str, LowRank] = {}
        self._ready: dict[tuple[str, ...], tuple[Matrix, LowRank | None]] = {}

    def add(self, name: str, part: LowRank) -> None:
        """Add an adapter's part for this layer."""
        self._adapters[name] = part
        self._ready.clear()

    def merge(self, name: str) -> None:
        """Fold an adapter into a plain matrix for good; afterwards every row has it."""
        assert isinstance(self.matrix, PlainMatrix), "an adapter folded into fewer bits is not the adapter any more"
        part = self._adapters.pop(name, None)
        self._ready.clear()
        if part is not None:
            self.matrix = _with(self.matrix, part)

    def __call__(self, x: Tensor, adapters: RowAdapters) -> Tensor:
        """Map (B, L, in) to (B, L, out)."""
        matrix, part = self._at_hand(adapters.present)
        out = matrix.linear(x, self.bias)
        if part is None:
            return out
        inner = linear(x, part.down)
        if adapters.share is not None:
            inner = (inner.unflatten(2, (len(adapters.present), -1)) * adapters.share).flatten(2)
        return out.flatten(0, 1).addmm_(inner.flatten(0, 1), part.up.t()).view(out.shape)

    def _at_hand(self, present: tuple[str, ...]) -> tuple[Matrix, LowRank | None]:
        """Return the matrix and the adapters' part for these adapters, made at their first use."""
        if present not in self._ready:
            alone = self._adapters.get(present[0]) if len(present) == 1 else None
            if alone is not None and isinstance(self.matrix, PlainMatrix) and math.prod(self.matrix.shape) <= _SMALL:
                self._ready[present] = (_with(self.matrix, alone), None)
            else:
                self._ready[present] = (self.matrix, self._side_by_side(present))
        return self._ready[present]

    def _side_by_side(self, present: tuple[str, ...]) -> LowRank | None:
        parts = [self._adapters.get(name) for name in present]
        rank = max((part.down.shape[0] for part in parts if part is not None), default=0)
        if rank == 0:
            return None
        rows, columns = self.matrix.shape
        dtype, device = self.matrix.dtype, self.matrix.device
        down = torch.zeros(len(present), rank, columns, dtype=dtype, device=device)
        up = torch.zeros(rows, len(present), rank, dtype=dtype, device=device)
        for index, part in enumerate(parts):
            if part is not None:
                down[index, : part.down.shape[0]] = part.down
                up[:, index, : part.up.shape[1]] = part.up
        return LowRank(down.flatten(0, 1), up.flatten(1))


def _with(matrix: PlainMatrix, part: LowRank) -> PlainMatrix:
    folded = matrix.weight.float() + part.up.float() @ part.down.float()
    return PlainMatrix(folded.to(matrix.dtype))
