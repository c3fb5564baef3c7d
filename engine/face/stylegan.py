"""The StyleGAN generator from which v1, v7, v8, v9 and `mini` are configurations."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.face.generator_config import MINI, V1, V7, V8, V9, GeneratorConfig
from engine.face.mapping import Mapping
from engine.face.synthesis import Synthesis

__all__ = ["MINI", "V1", "V7", "V8", "V9", "Generator", "GeneratorConfig", "Truncation", "to_uint8"]


class Truncation(nn.Module):
    """Pull w towards the average w; the published programs leave it off."""

    w_avg: Tensor

    def __init__(self, w_dim: int) -> None:
        super().__init__()
        self.register_buffer("w_avg", torch.zeros(w_dim))

    def forward(self, w: Tensor, psi: float) -> Tensor:
        """Return w_avg + psi (w - w_avg); psi 1 changes nothing."""
        return w if psi == 1.0 else torch.lerp(self.w_avg.expand_as(w), w, psi)


class Generator(nn.Module):
    """Mapping, truncation and synthesis; its keys are those of the published checkpoints."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.mapping = Mapping(config)
        self.truncation = Truncation(config.w_dim)
        self.synthesis = Synthesis(config)

    def forward(self, z: Tensor, label: Tensor | None = None, *, psi: float = 1.0, lod: float | None = None) -> Tensor:
        """Draw z (B, z_dim) with label slots (B, label_dim): (B, 3, R, R) float, RGB, about [-1, 1], not clipped."""
        image: Tensor = self.synthesis(self.truncation(self.mapping(z, label), psi), lod)
        return image


def to_uint8(image: Tensor) -> Tensor:
    """Turn (B, 3, H, W) float, [-1, 1], into (B, H, W, 3) uint8, as the v2 to v4 programs do (truncating)."""
    return (image * 127.5 + 128.0).clamp_(0, 255).to(torch.uint8).permute(0, 2, 3, 1)
