"""The small parts StyleGAN is made of (Karras et al. 2019), with equalised learning rate throughout."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LEAK = 0.2  # slope of every leaky ReLU
EPSILON = 1e-8  # of pixel norm and instance norm


def pixel_norm(x: Tensor) -> Tensor:
    """Divide (B, D) rows by their root mean square."""
    return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + EPSILON)


def instance_norm(x: Tensor) -> Tensor:
    """Bring every channel of every image, (B, C, H, W), to mean 0 and variance 1."""
    x = x - x.mean(dim=(2, 3), keepdim=True)
    return x * torch.rsqrt(x.square().mean(dim=(2, 3), keepdim=True) + EPSILON)


class Dense(nn.Module):
    """A linear layer, (B, in) to (B, out), that scales its stored weights when it is used.

    Published mapping layers store weights 100 times as large and scale by 0.01 (`lr_multiplier`).
    """

    def __init__(
        self, in_features: int, out_features: int, *, gain: float = math.sqrt(2), lr_multiplier: float = 1.0
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features) / lr_multiplier)
        self.bias = nn.Parameter(torch.zeros(out_features))
        self.weight_scale = gain / math.sqrt(in_features) * lr_multiplier
        self.bias_scale = lr_multiplier

    def forward(self, x: Tensor) -> Tensor:
        """Return x @ weight.T + bias, both scaled."""
        return F.linear(x, self.weight * self.weight_scale, self.bias * self.bias_scale)


class StoredNoise(nn.Module):
    """Add the stored noise map, weighted per channel."""

    noise: Tensor

    def __init__(self, channels: int, resolution: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels))
        self.register_buffer("noise", torch.randn(1, 1, resolution, resolution))

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, C, H, W) plus weight x noise."""
        return x + self.noise * self.weight.view(1, -1, 1, 1)


class Style(Dense):
    """Scale and shift the channels of a feature map as w says."""

    def __init__(self, w_dim: int, channels: int) -> None:
        super().__init__(w_dim, 2 * channels, gain=1.0)

    def scale_and_shift(self, w: Tensor) -> tuple[Tensor, Tensor]:
        """Return the factors (1 is already added) and offsets, (B, C) each, for w (B, w_dim)."""
        scale, shift = super().forward(w).chunk(2, dim=1)
        return scale + 1, shift

    def modulate(self, x: Tensor, w: Tensor) -> Tensor:
        """Return (B, C, H, W) styled by w (B, w_dim)."""
        scale, shift = self.scale_and_shift(w)
        return x * scale[:, :, None, None] + shift[:, :, None, None]


class Blur(nn.Module):
    """Smooth every channel with the 3x3 binomial kernel, zeros around."""

    kernel: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        line = torch.tensor([1.0, 2.0, 1.0])
        self.register_buffer("kernel", (torch.outer(line, line) / 16).repeat(channels, 1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, C, H, W) smoothed."""
        return F.conv2d(x, self.kernel, padding=1, groups=x.shape[1])
