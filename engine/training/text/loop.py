"""The optimisation loop of every text model: seeded, resumable, with progress and time left."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from safetensors.torch import load_file, save_file

from engine.training.context import Progress, Stopwatch

Batch = TypeVar("Batch")


@dataclass(frozen=True, slots=True)
class LoopPlan:
    """How to optimise: `rate` is the highest rate, reached after `warm_up` of the steps, then falling to 10 %."""

    steps: int
    rate: float
    warm_up: float = 0.04
    weight_decay: float = 0.05
    clip_norm: float = 1.0
    checkpoint_every_s: float = 180.0
    autocast: bool = True  # bfloat16 on the CPU: about twice as fast where AVX512-BF16 is there


def rate_at(plan: LoopPlan, step: int) -> float:
    """Return the learning rate of a step."""
    rising = max(1, int(plan.steps * plan.warm_up))
    if step < rising:
        return plan.rate * (step + 1) / rising
    share = (step - rising) / max(1, plan.steps - rising)
    return plan.rate * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * share)))


class Checkpoint:
    """Trainable weights, optimiser state and step number of one run, replaced as a whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, model: torch.nn.Module, optimiser: torch.optim.Optimizer, step: int) -> None:
        """Write the state beside the old one, then swap."""
        self._folder.mkdir(parents=True, exist_ok=True)
        weights = {name: value.detach().clone() for name, value in model.named_parameters() if value.requires_grad}
        save_file(weights, self._folder / "model.next")
        torch.save(optimiser.state_dict(), self._folder / "optimiser.next")
        (self._folder / "step.next").write_text(json.dumps({"step": step}), encoding="utf-8")
        for name in ("model", "optimiser", "step"):
            (self._folder / f"{name}.next").replace(self._folder / name)

    def load(self, model: torch.nn.Module, optimiser: torch.optim.Optimizer) -> int:
        """Restore the state in place and return the next step; 0 when there is none."""
        if not (self._folder / "step").exists():
            return 0
        weights = load_file(self._folder / "model")
        with torch.no_grad():
            for name, value in model.named_parameters():
                if name in weights:
                    value.copy_(weights[name])
        optimiser.load_state_dict(torch.load(self._folder / "optimiser", weights_only=True))
        return int(json.loads((self._folder / "step").read_text(encoding="utf-8"))["step"])

    def clear(self) -> None:
        """Remove the state of a finished run."""
        for name in ("model", "optimiser", "step"):
            (self._folder / name).unlink(missing_ok=True)


def optimise(
    model: torch.nn.Module,
    batches: Sequence[Batch],
    loss_of: Callable[[Batch], torch.Tensor],
    plan: LoopPlan,
    *,
    label: str,
    progress: Progress,
    checkpoint: Checkpoint | None = None,
) -> float:
    """Train the parameters that require gradients over `batches` (repeated if short); return the last mean loss."""
    decayed = [value for value in model.parameters() if value.requires_grad and value.ndim >= 2]
    plain = [value for value in model.parameters() if value.requires_grad and value.ndim < 2]
    groups = [{"params": decayed, "weight_decay": plan.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=plan.rate, betas=(0.9, 0.95))
    first = checkpoint.load(model, optimiser) if checkpoint else 0
    watch, saved_at, mean = Stopwatch(), 0.0, float("nan")
    model.train()
    for step in range(first, plan.steps):
        for group in optimiser.param_groups:
            group["lr"] = rate_at(plan, step)
        with torch.autocast("cpu", torch.bfloat16, enabled=plan.autocast):
            loss = loss_of(batches[step % len(batches)])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), plan.clip_norm)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        mean = loss.item() if math.isnan(mean) else 0.98 * mean + 0.02 * loss.item()
        if step % 20 == 0 or step + 1 == plan.steps:
            here = (step + 1 - first) / (plan.steps - first)
            progress(
                f"{label} step {step + 1}/{plan.steps} loss {mean:.3f}",
                (step + 1) / plan.steps,
                watch.seconds_left(here),
            )
        if checkpoint and watch.seconds() - saved_at > plan.checkpoint_every_s:
            checkpoint.save(model, optimiser, step + 1)
            saved_at = watch.seconds()
    model.eval()
    return mean
