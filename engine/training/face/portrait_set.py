"""The portraits on disk: drawn in chunks, found again after a break, read without loading them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.training.errors import TrainingError
from engine.training.face.latents import LatentPlan, Rows, draw_scores
from engine.training.face.look import Expression
from engine.training.face.portrait import draw_portrait

CHUNK = 250


@dataclass(frozen=True, slots=True)
class PortraitRows:
    """Points and scores of some portraits."""

    z: Rows  # (N, z_dim)
    scores: Rows  # (N, 3) as drawn
    shift: Rows  # (N, 3) scores minus the points' own


def chunk_rows(plan: LatentPlan, seed: int, chunk: int, size: int = CHUNK) -> PortraitRows:
    """Draw the points and scores of one chunk."""
    rng = np.random.default_rng([seed, 2, chunk])
    z = rng.standard_normal((size, plan.z_planes.shape[1]))
    base = plan.base_scores(z)
    scores = draw_scores(base, rng)
    return PortraitRows(z, scores, scores - base)


def draw_chunk(folder: Path, plan: LatentPlan, seed: int, chunk: int, size: int = CHUNK) -> None:
    """Draw one chunk's pictures and masks, unless they are there already."""
    if mask_path(folder, chunk).exists():
        return
    rows = chunk_rows(plan, seed, chunk, size)
    images, masks = [], []
    for look, scores in zip(plan.looks(rows.z), rows.scores, strict=True):
        portrait = draw_portrait(look, Expression(*scores.tolist()))
        images.append(portrait.image)
        masks.append(portrait.hair_mask)
    folder.mkdir(parents=True, exist_ok=True)
    _save(image_path(folder, chunk), np.stack(images))
    _save(mask_path(folder, chunk), np.stack(masks))


def draw_set(
    folder: Path, plan: LatentPlan, seed: int, chunks: range, size: int, progress: Callable[[float], None]
) -> None:
    """Draw several chunks, telling the share done after each."""
    for index, chunk in enumerate(chunks):
        draw_chunk(folder, plan, seed, chunk, size)
        progress((index + 1) / len(chunks))


class PortraitSet:
    """Every chunk that is on disk now."""

    def __init__(self, folder: Path, plan: LatentPlan, seed: int) -> None:
        """Open the chunks.

        Raises:
            TrainingError: none is there, or one does not fit.
        """
        paths = sorted(folder.glob("masks-*.npy"))
        if not paths:
            raise TrainingError(f"No portraits in {folder}; run the step `portraits` first.")
        self._images, self._masks, rows = [], [], []
        for path in paths:
            chunk = int(path.stem.removeprefix("masks-"))
            images = np.load(image_path(folder, chunk), mmap_mode="r")
            if images.dtype != np.uint8 or images.shape[1:] != (256, 256, 3):
                name = image_path(folder, chunk)
                raise TrainingError(f"{name} is {images.dtype} {images.shape}; remove it and draw it again.")
            self._images.append(images)
            self._masks.append(np.load(path, mmap_mode="r"))
            rows.append(chunk_rows(plan, seed, chunk, len(images)))
        self.z = np.concatenate([r.z for r in rows])
        self.scores = np.concatenate([r.scores for r in rows])
        self.shift = np.concatenate([r.shift for r in rows])
        self._starts = np.cumsum([0, *(len(images) for images in self._images)])

    def __len__(self) -> int:
        return len(self.z)

    def images(self, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Read pictures: (N, 256, 256, 3) uint8 RGB."""
        return np.stack([self._images[c][i] for c, i in map(self._locate, indices.tolist())])

    def masks(self, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Read hair masks: (N, 256, 256) uint8."""
        return np.stack([self._masks[c][i] for c, i in map(self._locate, indices.tolist())])

    def _locate(self, index: int) -> tuple[int, int]:
        chunk = int(np.searchsorted(self._starts, index, side="right")) - 1
        return chunk, index - int(self._starts[chunk])


def image_path(folder: Path, chunk: int) -> Path:
    """Name the file of one chunk's pictures."""
    return folder / f"images-{chunk:04d}.npy"


def mask_path(folder: Path, chunk: int) -> Path:
    """Name the file of one chunk's masks."""
    return folder / f"masks-{chunk:04d}.npy"


def _save(path: Path, values: npt.NDArray[np.uint8]) -> None:
    """Write beside and move, so that a broken run leaves no half file."""
    beside = path.with_suffix(".part.npy")
    np.save(beside, values)
    beside.rename(path)
