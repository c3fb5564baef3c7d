"""From w to the picture: the plain synthesis network, one readable step after the other.

`engine.face.fast_synthesis` gives the same pictures sooner.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.face.generator_config import GeneratorConfig
from engine.face.stylegan_layers import LEAK, Blur, StoredNoise, Style, instance_norm

FUSED_FROM_PX = 128  # from this resolution on, doubling is part of the convolution


class StyledLayer(nn.Module):
    """What follows every convolution: noise, bias, leaky ReLU, instance norm, style."""

    apply_noise: StoredNoise
    style: Style

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))

    def add_tail(self, channels: int, resolution: int, w_dim: int) -> None:
        """Register noise and style, after the layer's own parameters as in the published order."""
        self.apply_noise = StoredNoise(channels, resolution)
        self.style = Style(w_dim, channels)

    def tail(self, x: Tensor, w: Tensor) -> Tensor:
        """Finish a convolution's output (B, C, H, W)."""
        x = self.apply_noise(x) + self.bias.view(1, -1, 1, 1)
        return self.style.modulate(instance_norm(F.leaky_relu(x, LEAK)), w)


class ConstantLayer(StyledLayer):
    """The first layer: a learned 4x4 picture instead of a convolution."""

    def __init__(self, channels: int, w_dim: int) -> None:
        super().__init__(channels)
        self.const = nn.Parameter(torch.ones(1, channels, 4, 4))
        self.add_tail(channels, 4, w_dim)

    def forward(self, w: Tensor) -> Tensor:
        """Return (B, C, 4, 4) for w (B, w_dim)."""
        return self.tail(self.const.expand(w.shape[0], -1, -1, -1), w)


class ConvLayer(StyledLayer):
    """A 3x3 convolution at one resolution; `doubles` its input's resolution first when asked to."""

    def __init__(self, in_channels: int, channels: int, resolution: int, w_dim: int, *, doubles: bool) -> None:
        super().__init__(channels)
        self.weight = nn.Parameter(torch.randn(channels, in_channels, 3, 3))
        self.weight_scale = math.sqrt(2 / (in_channels * 9))
        self.doubles = doubles
        self.fused = doubles and resolution >= FUSED_FROM_PX
        self.add_tail(channels, resolution, w_dim)
        if doubles:
            self.blur = Blur(channels)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """Return (B, C, H, W), or (B, C, 2H, 2W) when the layer doubles."""
        weight = self.weight * self.weight_scale
        if self.fused:
            x = F.conv_transpose2d(x, fused_doubling_kernel(weight), stride=2, padding=1)
        elif self.doubles:
            x = F.conv2d(F.interpolate(x, scale_factor=2, mode="nearest"), weight, padding=1)
        else:
            x = F.conv2d(x, weight, padding=1)
        if self.doubles:
            x = self.blur(x)
        return self.tail(x, w)


def fused_doubling_kernel(weight: Tensor) -> Tensor:
    """Return the (in, out, 4, 4) kernel of the transposed convolution that doubles and convolves in one.

    It is the 3x3 kernel (out, in, 3, 3) added to itself shifted by one pixel in each direction. Unlike doubling and
    then convolving, it uses the kernel mirrored; the published weights of 128 and 256 pixels were trained so.
    """
    padded = F.pad(weight, (1, 1, 1, 1))
    summed = padded[..., 1:, 1:] + padded[..., :-1, 1:] + padded[..., 1:, :-1] + padded[..., :-1, :-1]
    return summed.transpose(0, 1)


class ToRgb(nn.Module):
    """The 1x1 convolution that turns features into a picture."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(3))
        self.weight = nn.Parameter(torch.randn(3, channels, 1, 1))
        self.weight_scale = 1 / math.sqrt(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, 3, H, W), RGB, about [-1, 1], not clipped."""
        return F.conv2d(x, self.weight * self.weight_scale, self.bias)


class Synthesis(nn.Module):
    """Fourteen styled layers, two for each resolution, and a picture output after each pair."""

    lod: Tensor

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("lod", torch.zeros(()))  # 0: full resolution; 1: half of it; fractions blend the two
        previous = config.channels[0]
        for block, channels in enumerate(config.channels):
            resolution = 4 * 2**block
            first = (
                ConvLayer(previous, channels, resolution, config.w_dim, doubles=True)
                if block
                else ConstantLayer(channels, config.w_dim)
            )
            self.add_module(f"layer{2 * block}", first)
            second = ConvLayer(channels, channels, resolution, config.w_dim, doubles=False)
            self.add_module(f"layer{2 * block + 1}", second)
            self.add_module(f"output{block}", ToRgb(channels))
            previous = channels

    def layer(self, index: int) -> nn.Module:
        """Return the styled layer with this number."""
        return self.get_submodule(f"layer{index}")

    def output(self, block: int) -> ToRgb:
        """Return the picture output of a resolution (0 is 4x4)."""
        output = self.get_submodule(f"output{block}")
        assert isinstance(output, ToRgb)
        return output

    def forward(self, w: Tensor, lod: float | None = None) -> Tensor:
        """Draw w: (B, w_dim) for one style everywhere, or (B, layer_count, w_dim).

        `lod` (default: the stored one) lowers the level of detail, for progressive training: 1 draws at half the
        resolution, 2 at a quarter, fractions blend; the layers above are skipped and the picture is enlarged, so the
        result is always (B, 3, resolution, resolution), RGB, about [-1, 1], not clipped.
        """
        if w.dim() == 2:
            w = w[:, None, :].expand(-1, self.config.layer_count, -1)
        assert w.shape[1:] == (self.config.layer_count, self.config.w_dim), f"w is {tuple(w.shape)}"
        lod = float(self.lod) if lod is None else lod
        last = len(self.config.channels) - 1
        x = w
        image: Tensor | None = None
        for block in range(last + 1):
            left = last - block  # doublings that are still to come
            if lod >= left + 1 and image is not None:
                image = F.interpolate(image, scale_factor=2, mode="nearest")
                continue
            first, second = self.layer(2 * block), self.layer(2 * block + 1)
            x = first(x, w[:, 2 * block]) if block else first(w[:, 0])
            x = second(x, w[:, 2 * block + 1])
            if lod < left + 1 and lod > left and image is not None:
                older = F.interpolate(image, scale_factor=2, mode="nearest")
                image = torch.lerp(older, self.output(block)(x), left + 1 - lod)
            elif lod > left - 1:
                image = self.output(block)(x)
        assert image is not None
        return image
