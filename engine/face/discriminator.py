"""The StyleGAN discriminator, for training: tells generated pictures from drawn ones, with label slots at the end."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.face.generator_config import GeneratorConfig
from engine.face.stylegan_layers import LEAK, Blur, Dense
from engine.face.synthesis import FUSED_FROM_PX, fused_doubling_kernel

GROUP = 4  # pictures whose spread is compared


class FromRgb(nn.Module):
    """The 1x1 convolution that turns a picture into features."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(channels, 3, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, image: Tensor) -> Tensor:
        """Return (B, C, H, W) for (B, 3, H, W)."""
        return F.leaky_relu(F.conv2d(image, self.weight * math.sqrt(2 / 3), self.bias), LEAK)


class DiscriminatorLayer(nn.Module):
    """A 3x3 convolution; a layer that halves smooths first."""

    def __init__(self, in_channels: int, channels: int, *, halves_from: int | None = None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(channels, in_channels, 3, 3))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.weight_scale = math.sqrt(2 / (in_channels * 9))
        self.halves_from = halves_from
        if halves_from is not None:
            self.blur = Blur(in_channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, C, H, W), or half of H and W when the layer halves."""
        weight, bias = self.weight * self.weight_scale, self.bias
        if self.halves_from is None:
            return F.leaky_relu(F.conv2d(x, weight, bias, padding=1), LEAK)
        x = self.blur(x)
        if self.halves_from >= FUSED_FROM_PX:
            kernel = fused_doubling_kernel(weight).transpose(0, 1) / 4
            return F.leaky_relu(F.conv2d(x, kernel, bias, stride=2, padding=1), LEAK)
        return F.leaky_relu(F.avg_pool2d(F.conv2d(x, weight, bias, padding=1), 2), LEAK)


class Discriminator(nn.Module):
    """The whole discriminator; its keys are those of the published checkpoints.

    Every resolution has an `input` of its own, as progressive training needs them; `forward` uses the largest.
    """

    lod: Tensor

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("lod", torch.zeros(()))
        widths = config.channels[::-1]
        for block, channels in enumerate(widths):
            self.add_module(f"input{block}", FromRgb(channels))
            if block == len(widths) - 1:
                self.add_module(f"layer{2 * block}", DiscriminatorLayer(channels + 1, channels))
                continue
            self.add_module(f"layer{2 * block}", DiscriminatorLayer(channels, channels))
            halving = DiscriminatorLayer(channels, widths[block + 1], halves_from=config.resolution >> block)
            self.add_module(f"layer{2 * block + 1}", halving)
        last = 2 * len(widths) - 1
        self.add_module(f"layer{last}", Dense(widths[-1] * 16, widths[-1]))
        self.add_module(f"layer{last + 1}", Dense(widths[-1] + config.label_dim, 1, gain=1.0))

    def forward(self, image: Tensor, label: Tensor | None = None) -> Tensor:
        """Return (B, 1) scores, high for real, of (B, 3, R, R) float32, [-1, 1], RGB, with label slots."""
        assert image.shape[1:] == (3, self.config.resolution, self.config.resolution), f"{tuple(image.shape)}"
        x = self.get_submodule("input0")(image)
        blocks = len(self.config.channels)
        for index in range(2 * blocks - 2):
            x = self.get_submodule(f"layer{index}")(x)
        x = self.get_submodule(f"layer{2 * blocks - 2}")(_with_spread(x))
        x = F.leaky_relu(self.get_submodule(f"layer{2 * blocks - 1}")(x.flatten(1)), LEAK)
        if label is None:
            label = x.new_zeros(x.shape[0], self.config.label_dim)
        score: Tensor = self.get_submodule(f"layer{2 * blocks}")(torch.cat([x, label], dim=1))
        return score


def _with_spread(x: Tensor) -> Tensor:
    """Append one channel: the mean standard deviation within a group of pictures (Karras et al. 2018)."""
    count, channels, height, width = x.shape
    size = GROUP if count % GROUP == 0 else 1
    groups = x.view(size, count // size, channels, height, width)
    spread = torch.sqrt(groups.var(dim=0, correction=0) + 1e-8).mean(dim=(1, 2, 3))
    return torch.cat([x, spread.repeat(size).view(count, 1, 1, 1).expand(-1, 1, height, width)], dim=1)
