"""Training of the small StyleGAN: it learns to draw the portrait that belongs to z, at growing resolution.

A generative adversarial game needs days of a GPU; the portraits' exact parameters allow plain regression, which takes
an hour of one CPU core. The synthesis network learns from the exact w of each portrait, and beside it the mapping
network learns that w from z: where it errs, z gives a slightly different face, never a blurred one. What is shown is
moved in w along three fixed directions while the portrait's eyes, mouth and pose move with it, so that w keeps the
expression in straight, separate directions.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.face.stylegan import Generator, GeneratorConfig
from engine.training.face.latents import LatentPlan
from engine.training.face.losses import portrait_loss, region_weights
from engine.training.face.portrait_set import PortraitSet

EMA_DECAY = 0.995
MAPPING_RATE = 40.0  # the mapping stores weights 100 times as large: this is 0.4 of the synthesis network's rate
MAPPING_BATCH = 256
REST_NOISE = 0.35  # about the mapping's error where w keeps nothing of its own; the synthesis learns not to mind it


@dataclass(frozen=True, slots=True)
class Stage:
    """One resolution of the progressive training."""

    lod: int  # 0 full resolution, 1 half, 2 a quarter
    images: int  # portraits shown
    batch: int
    rate: float  # Adam's, at the start
    last_rate: float  # at the end, reached along a cosine


@dataclass(slots=True)
class TrainingState:
    """What a checkpoint keeps."""

    generator: Generator
    average: Generator  # exponential moving average of the weights: what is used in the end
    optimiser: torch.optim.Adam
    shown: int = 0  # portraits shown so far, over all stages
    steps: int = 0


def new_state(config: GeneratorConfig, seed: int) -> TrainingState:
    """Make an untrained generator with its optimiser; the stored noise is trained too, as a fixed texture."""
    torch.manual_seed(seed)
    generator = Generator(config)
    with torch.no_grad():  # start calm: nearly grey pictures that hardly depend on w
        for name, values in generator.synthesis.named_parameters():
            if name.startswith("output"):
                values.mul_(0.1)
            elif name.endswith("style.weight"):
                values.mul_(0.3)
    noise = [buffer.requires_grad_() for name, buffer in generator.named_buffers() if name.endswith(".noise")]
    optimiser = torch.optim.Adam(
        [
            {"params": list(generator.synthesis.parameters()) + noise, "factor": 1.0},
            {"params": list(generator.mapping.parameters()), "factor": MAPPING_RATE},
        ],
        lr=1e-3,
        betas=(0.9, 0.99),
    )
    average = copy.deepcopy(generator).requires_grad_(False)
    return TrainingState(generator, average, optimiser)


def prepare_mapping(generator: Generator, plan: LatentPlan, seed: int, steps: int) -> float:
    """Teach the mapping network its first w and give the remaining mean squared error."""
    rng = np.random.default_rng([seed, 3])
    optimiser = torch.optim.Adam(generator.mapping.parameters(), lr=1.5, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    loss = torch.zeros(())
    for _ in range(steps):
        z = rng.standard_normal((256, generator.config.z_dim))
        target = torch.from_numpy(plan.first_w(z)).float()
        loss = F.mse_loss(generator.mapping(torch.from_numpy(z).float()), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return float(loss.detach())


class PortraitTrainer:
    """Runs the stages on a set of portraits."""

    def __init__(
        self, state: TrainingState, portraits: PortraitSet, plan: LatentPlan, stages: tuple[Stage, ...]
    ) -> None:
        self.state, self._portraits, self._stages = state, portraits, stages
        self._edits = torch.from_numpy(plan.edit_planes()).float()
        self._w = torch.from_numpy(plan.first_w(portraits.z)).float()
        self._plan = plan
        self._size = state.generator.config.resolution
        self.total = sum(stage.images for stage in stages)

    def stage(self) -> tuple[Stage, float] | None:
        """Give the current stage and the share of it that is done; None at the end."""
        before = 0
        for stage in self._stages:
            if self.state.shown < before + stage.images:
                return stage, (self.state.shown - before) / stage.images
            before += stage.images
        return None

    def step(self, seed: int) -> float | None:
        """Take one optimiser step and give its loss; None when all stages are done."""
        current = self.stage()
        if current is None:
            return None
        stage, share = current
        rate = stage.last_rate + 0.5 * (stage.rate - stage.last_rate) * (1 + math.cos(math.pi * share))
        for group in self.state.optimiser.param_groups:
            group["lr"] = rate * group["factor"]
        rng = np.random.default_rng([seed, 4, self.state.shown])
        indices = rng.integers(0, len(self._portraits), stage.batch)
        loss = self._picture_loss(indices, stage, rng) + self._mapping_loss(rng)
        self.state.optimiser.zero_grad()
        loss.backward()
        self.state.optimiser.step()
        self.state.steps += 1
        decay = min(EMA_DECAY, self.state.steps / (10 + self.state.steps))
        follow(self.state.average, self.state.generator, decay)
        self.state.shown += stage.batch
        return float(loss.detach())

    def _picture_loss(self, indices: npt.NDArray[np.int64], stage: Stage, rng: np.random.Generator) -> Tensor:
        """Compare what the synthesis network draws for the portraits' w with the portraits."""
        shrink = 2**stage.lod
        noise = REST_NOISE * rng.standard_normal((stage.batch, len(self._plan.w_rest))) @ self._plan.w_rest
        w = self._w[indices] + torch.from_numpy(noise).float()
        w = w + torch.from_numpy(self._portraits.shift[indices]).float() @ self._edits
        # convolutions in bfloat16 are a fifth faster; the element-wise passes between them stay float32
        with torch.autocast("cpu", torch.bfloat16):
            image = self.state.generator.synthesis(w, lod=float(stage.lod)).float()[:, :, ::shrink, ::shrink]
        target = torch.from_numpy(self._portraits.images(indices)).permute(0, 3, 1, 2).float() / 127.5 - 1
        if shrink > 1:
            target = F.avg_pool2d(target, shrink)
        return portrait_loss(image, target, region_weights(self._size // shrink))

    def _mapping_loss(self, rng: np.random.Generator) -> Tensor:
        """Compare the mapping network's w of random points with the plan's."""
        z = rng.standard_normal((MAPPING_BATCH, self.state.generator.config.z_dim))
        own = self.state.generator.mapping(torch.from_numpy(z).float())
        return F.mse_loss(own, torch.from_numpy(self._plan.first_w(z)).float())


@torch.no_grad()
def follow(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Move the averaged weights a little towards the current ones."""
    for held, new in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        held.lerp_(new, 1 - decay)


def save_state(state: TrainingState, path: Path) -> None:
    """Write a checkpoint beside and move it into place."""
    beside = path.with_suffix(".part")
    torch.save(
        {
            "generator": state.generator.state_dict(),
            "average": state.average.state_dict(),
            "optimiser": state.optimiser.state_dict(),
            "shown": state.shown,
            "steps": state.steps,
        },
        beside,
    )
    beside.rename(path)


def load_state(state: TrainingState, path: Path) -> None:
    """Go on from a checkpoint."""
    kept = torch.load(path, weights_only=True)
    state.generator.load_state_dict(kept["generator"])
    state.average.load_state_dict(kept["average"])
    state.optimiser.load_state_dict(kept["optimiser"])
    state.shown, state.steps = kept["shown"], kept["steps"]


def run_stages(
    trainer: PortraitTrainer, checkpoint: Path, seed: int, told: Callable[[float, float], None], every: int = 100
) -> float:
    """Train until the stages are done, with a checkpoint every `every` steps; give the last averaged loss."""
    steps, average = 0, 0.0
    while (loss := trainer.step(seed)) is not None:
        steps += 1
        average = loss if steps == 1 else average + 0.02 * (loss - average)
        if steps % every == 0:
            save_state(trainer.state, checkpoint)
        if steps % 5 == 0:
            told(trainer.state.shown / trainer.total, average)
    save_state(trainer.state, checkpoint)
    told(1.0, average)
    return average
