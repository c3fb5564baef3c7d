"""Drawing many pictures with a trained generator."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from engine.face.fast_synthesis import FastSynthesis
from engine.face.stylegan import Generator, to_uint8

Rows = npt.NDArray[np.float64]  # (N, D)
Images = npt.NDArray[np.uint8]  # (N, 256, 256, 3), RGB
_BATCH = 16


class Drawer:
    """A frozen generator: z to w, and w to pictures."""

    def __init__(self, generator: Generator) -> None:
        self._mapping = generator.mapping
        self._synthesis = FastSynthesis(generator.synthesis, torch.device("cpu"))

    @torch.no_grad()
    def w(self, z: Rows) -> Rows:
        """Map points (N, z_dim) to (N, w_dim)."""
        return self._mapping(torch.from_numpy(z).float()).double().numpy()

    def draw(self, w: Rows) -> Images:
        """Draw points of w: (N, 256, 256, 3) uint8."""
        parts = torch.from_numpy(w).float().split(_BATCH)
        return np.concatenate([to_uint8(self._synthesis(part).permute(0, 3, 1, 2)).numpy() for part in parts])
