"""Training of the mini hair net on generated pictures, with the portraits' exact masks as its teacher."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.hair.segmentation import MASK_PX, MINI_HAIR, HairSegmentation
from engine.training.face.drawer import Drawer
from engine.training.face.latents import LatentPlan
from engine.training.face.portrait_set import PortraitSet
from engine.training.face.property_cnn import to_input, train_count


@dataclass(frozen=True, slots=True)
class HairPairs:
    """Pictures with the masks they should give."""

    images: npt.NDArray[np.uint8]  # (N, 256, 256, 3)
    masks: npt.NDArray[np.uint8]  # (N, 224, 224), hair coverage


def generated_pairs(
    drawer: Drawer,
    portraits: PortraitSet,
    plan: LatentPlan,
    indices: npt.NDArray[np.int64],
    told: Callable[[float], None] = lambda share: None,
    batch: int = 16,
) -> HairPairs:
    """Draw the portraits' exact w with the generator; the masks are the portraits' own."""
    images = []
    for start in range(0, len(indices), batch):
        part = indices[start : start + batch]
        images.append(drawer.draw(plan.first_w(portraits.z[part]) + portraits.shift[part] @ plan.edit_planes()))
        told((start + len(part)) / len(indices))
    return HairPairs(np.concatenate(images), shrink_masks(portraits.masks(indices)))


def shrink_masks(masks: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Bring (N, 256, 256) masks to the net's (N, 224, 224); averaging softens their edges."""
    small = F.interpolate(torch.from_numpy(masks)[:, None].float(), size=(MASK_PX, MASK_PX), mode="area")
    return small[:, 0].round().to(torch.uint8).numpy()


def train_hair_net(
    pairs: HairPairs, *, seed: int, steps: int, batch: int = 8, told: Callable[[float], None] = lambda share: None
) -> HairSegmentation:
    """Train with soft binary cross-entropy, pictures mirrored, blurred and recoloured at random."""
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 7])
    network = HairSegmentation(MINI_HAIR).train()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.05  # the published 0.01 would need many more steps to settle
    optimiser = torch.optim.AdamW(network.parameters(), lr=4e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps + 1)
    for step in range(steps):
        indices = rng.integers(0, len(pairs.images), batch)
        image, mask = _augmented(pairs, indices, rng)
        loss = F.binary_cross_entropy_with_logits(network.logits(image), mask)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 20 == 0:
            told((step + 1) / steps)
    return network.eval()


def _augmented(pairs: HairPairs, indices: npt.NDArray[np.int64], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    image = to_input(pairs.images[indices])
    mask = torch.from_numpy(pairs.masks[indices])[:, None].float() / 255
    if rng.uniform() < 0.5:
        image, mask = image.flip(3), mask.flip(3)
    shrink = int(rng.choice([1, 2, 4]))  # not to depend on how crisp the strands are
    if shrink > 1:
        image = F.interpolate(F.avg_pool2d(image, shrink), scale_factor=shrink, mode="bilinear")
    gain = torch.from_numpy(rng.uniform(0.85, 1.15, (len(indices), 3, 1, 1))).float()
    shift = torch.from_numpy(rng.uniform(-0.12, 0.12, (len(indices), 3, 1, 1))).float()
    return (image * gain + shift).clamp(-1, 1), mask


@torch.no_grad()
def mask_iou(network: HairSegmentation, pairs: HairPairs, batch: int = 16) -> float:
    """Give intersection over union at 0.5, over all pixels of all pairs."""
    both = either = 0
    for start in range(0, len(pairs.images), batch):
        found = network(to_input(pairs.images[start : start + batch]))[:, 0] >= 0.5
        wanted = torch.from_numpy(pairs.masks[start : start + batch]) >= 128
        both += int((found & wanted).sum())
        either += int((found | wanted).sum())
    return both / max(either, 1)


def split_indices(portraits: PortraitSet, train: int, test: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Choose portraits to train on and, from those kept back, to test on."""
    first = train_count(portraits)
    return np.arange(min(train, first)), np.arange(first, min(first + test, len(portraits)))
