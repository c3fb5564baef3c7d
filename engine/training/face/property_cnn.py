"""Train the small property network of the mini faces on portraits whose properties are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.face.mini_property_cnn import MINI_SCORES, MiniPropertyCNN
from engine.training.face.latents import LatentPlan
from engine.training.face.look import LOOK_NAMES
from engine.training.face.portrait_set import PortraitSet

_LOOK_SCORES = ("hair_light", "hair_length", "ground_light", "hair_wave")


def true_scores(portraits: PortraitSet, plan: LatentPlan) -> npt.NDArray[np.float64]:
    """Give the seven scores the portraits were drawn with: (N, 7)."""
    columns = [LOOK_NAMES.index(name) for name in _LOOK_SCORES]
    return np.concatenate([portraits.scores, plan.look_values(portraits.z)[:, columns]], axis=1)


def to_input(images: npt.NDArray[np.uint8]) -> Tensor:
    """Turn (N, 256, 256, 3) uint8 into the network's (N, 3, 256, 256) float32, [-1, 1]."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 127.5 - 1


def train_property_cnn(
    portraits: PortraitSet,
    plan: LatentPlan,
    *,
    seed: int,
    steps: int,
    batch: int = 32,
    told: Callable[[float], None] = lambda share: None,
) -> MiniPropertyCNN:
    """Train on nine tenths of the portraits, with slight noise and shifts of colour against over-fitting."""
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 5])
    network = MiniPropertyCNN()
    labels = torch.from_numpy(true_scores(portraits, plan)).float()
    count = train_count(portraits)
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps + 1)
    for step in range(steps):
        indices = rng.integers(0, count, batch)
        images = F.avg_pool2d(to_input(portraits.images(indices)), 2)
        images = images + 0.03 * torch.randn_like(images)
        loss = F.smooth_l1_loss(network.of_half_size(images), labels[indices], beta=0.3)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 20 == 0:
            told((step + 1) / steps)
    return network.eval()


def train_count(portraits: PortraitSet) -> int:
    """Give how many of the portraits are for training; the rest, at the end, is for tests."""
    return max(1, int(0.9 * len(portraits)))


@torch.no_grad()
def score_images(network: MiniPropertyCNN, images: npt.NDArray[np.uint8], batch: int = 64) -> npt.NDArray[np.float64]:
    """Score (N, 256, 256, 3) uint8 pictures: (N, 7)."""
    parts = [network(to_input(images[start : start + batch])) for start in range(0, len(images), batch)]
    return torch.cat(parts).double().numpy()


def kept_back_correlations(network: MiniPropertyCNN, portraits: PortraitSet, plan: LatentPlan) -> dict[str, float]:
    """Give the correlation of each score with the truth on the portraits kept back."""
    indices = np.arange(min(train_count(portraits), len(portraits) - 2), len(portraits))[:400]
    scores, truth = score_images(network, portraits.images(indices)), true_scores(portraits, plan)[indices]
    return {name: float(np.corrcoef(scores[:, i], truth[:, i])[0, 1]) for i, name in enumerate(MINI_SCORES)}


def load_property_cnn(path: Path) -> MiniPropertyCNN:
    """Load a trained network from its checkpoint."""
    network = MiniPropertyCNN()
    network.load_state_dict(torch.load(path, weights_only=True))
    return network.eval()


def medians(scores: npt.NDArray[np.float64], names: Sequence[str]) -> dict[str, float]:
    """Give the median of each named score."""
    return {name: float(np.median(scores[:, MINI_SCORES.index(name)])) for name in names}
