"""The hair mask network: an EfficientNet-B0 encoder and an EffiSegNet-style decoder with ghost modules.

Sources: Tan and Le 2019 (EfficientNet), Vezakis et al. 2024 (EffiSegNet), Han et al. 2020 (ghost modules).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

ENCODER_EPSILON = 1e-3  # of the encoder's batch norms; the decoder's use 1e-5
MASK_PX = 224


@dataclass(frozen=True, slots=True)
class Stage:
    """A run of inverted-residual blocks; `stride` is that of the first."""

    repeats: int
    kernel: int
    stride: int
    expand: int
    channels: int


@dataclass(frozen=True, slots=True)
class SegmentationConfig:
    """Sizes of a hair net. `head_channels` 0 leaves out the encoder's last convolution, which nothing reads."""

    stem_channels: int
    stages: tuple[Stage, ...]
    feature_stages: tuple[int, ...]  # five of them, each half the size of the one before
    decoder_channels: int
    head_channels: int = 0


PUBLISHED = SegmentationConfig(
    stem_channels=32,
    stages=(
        Stage(1, 3, 1, 1, 16),
        Stage(2, 3, 2, 6, 24),
        Stage(2, 5, 2, 6, 40),
        Stage(3, 3, 2, 6, 80),
        Stage(3, 5, 1, 6, 112),
        Stage(4, 5, 2, 6, 192),
        Stage(1, 3, 1, 6, 320),
    ),
    feature_stages=(0, 1, 2, 4, 6),
    decoder_channels=64,
    head_channels=1280,
)
MINI_HAIR = SegmentationConfig(
    stem_channels=12,
    stages=(
        Stage(1, 3, 1, 1, 8),
        Stage(1, 3, 2, 4, 12),
        Stage(1, 3, 2, 4, 20),
        Stage(1, 3, 2, 4, 32),
        Stage(1, 3, 2, 4, 48),
    ),
    feature_stages=(0, 1, 2, 3, 4),
    decoder_channels=16,
)


class SamePad(nn.Module):
    """Zeros around the picture so that a stride-1 convolution keeps its size and a stride-2 one halves it."""

    def __init__(self, kernel: int, stride: int) -> None:
        super().__init__()
        before = (kernel - stride) // 2
        after = kernel - stride - before
        self.pads = (before, after, before, after)

    def forward(self, x: Tensor) -> Tensor:
        """Return x, (B, C, H, W) with even H and W when the stride is 2, with zeros around."""
        return F.pad(x, self.pads)


def _batch_norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=ENCODER_EPSILON, momentum=0.01)


class InvertedResidual(nn.Module):
    """Widen, convolve each channel alone, weigh the channels, narrow; and add the input where shapes agree."""

    def __init__(self, in_channels: int, stage: Stage, stride: int) -> None:
        super().__init__()
        wide, squeezed = in_channels * stage.expand, max(1, in_channels // 4)
        self.expands = stage.expand != 1
        if self.expands:
            self._expand_conv = nn.Conv2d(in_channels, wide, 1, bias=False)
            self._bn0 = _batch_norm(wide)
        self._depthwise_padding = SamePad(stage.kernel, stride)
        self._depthwise_conv = nn.Conv2d(wide, wide, stage.kernel, stride, groups=wide, bias=False)
        self._bn1 = _batch_norm(wide)
        self._se_reduce = nn.Conv2d(wide, squeezed, 1)
        self._se_expand = nn.Conv2d(squeezed, wide, 1)
        self._project_conv = nn.Conv2d(wide, stage.channels, 1, bias=False)
        self._bn2 = _batch_norm(stage.channels)
        self.adds_input = stride == 1 and in_channels == stage.channels

    def forward(self, inputs: Tensor) -> Tensor:
        """Return (B, channels, H / stride, W / stride)."""
        x = inputs
        if self.expands:
            x = F.silu(self._bn0(self._expand_conv(x)))
        x = F.silu(self._bn1(self._depthwise_conv(self._depthwise_padding(x))))
        squeezed = F.silu(self._se_reduce(x.mean(dim=(2, 3), keepdim=True)))
        x = x * torch.sigmoid(self._se_expand(squeezed))
        x = self._bn2(self._project_conv(x))
        return x + inputs if self.adds_input else x


class Encoder(nn.Module):
    """The stem and the stages; gives five feature maps."""

    def __init__(self, config: SegmentationConfig) -> None:
        super().__init__()
        self.config = config
        self._stem_padding = SamePad(3, 2)
        self._conv_stem = nn.Conv2d(3, config.stem_channels, 3, 2, bias=False)
        self._bn0 = _batch_norm(config.stem_channels)
        self._blocks = nn.Sequential()
        previous, number = config.stem_channels, 0
        for index, stage in enumerate(config.stages):
            blocks = nn.Sequential()
            for repeat in range(stage.repeats):
                blocks.add_module(str(number), InvertedResidual(previous, stage, 1 if repeat else stage.stride))
                previous, number = stage.channels, number + 1
            self._blocks.add_module(str(index), blocks)
        if config.head_channels:  # kept so that published keys load; no mask depends on it
            self._conv_head = nn.Conv2d(previous, config.head_channels, 1, bias=False)
            self._bn1 = _batch_norm(config.head_channels)

    def forward(self, image: Tensor) -> list[Tensor]:
        """Return the features of (B, 3, H, W), from half its size down to a thirty-second."""
        x = F.silu(self._bn0(self._conv_stem(self._stem_padding(image))))
        features = []
        for index, stage in enumerate(self._blocks):
            x = stage(x)
            if index in self.config.feature_stages:
                features.append(x)
        return features


class GhostModule(nn.Module):
    """Half of the channels from a 1x1 convolution, the other half cheaply from the first."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        self.primary_conv = nn.Sequential(nn.Conv2d(channels, half, 1, bias=False), nn.ReLU(), nn.BatchNorm2d(half))
        self.cheap_operation = nn.Sequential(
            nn.Conv2d(half, half, 3, padding=1, groups=half, bias=False), nn.ReLU(), nn.BatchNorm2d(half)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return a map of the same shape."""
        primary = self.primary_conv(x)
        return torch.cat([primary, self.cheap_operation(primary)], dim=1)


class HairSegmentation(nn.Module):
    """The hair net. Run it in eval mode: in train mode a picture's mask depends on the others in the batch."""

    def __init__(self, config: SegmentationConfig = PUBLISHED) -> None:
        super().__init__()
        self.config = config
        width = config.decoder_channels
        self.encoder = Encoder(config)
        for number, stage in enumerate(config.feature_stages, start=1):
            conv = nn.Conv2d(config.stages[stage].channels, width, 3, padding=1, bias=False)
            self.add_module(f"conv{number}", conv)
            self.add_module(f"bn{number}", nn.BatchNorm2d(width))
        self.bn6 = nn.BatchNorm2d(width)
        self.ghost1 = GhostModule(width)
        self.ghost2 = GhostModule(width)
        self.conv6 = nn.Conv2d(width, 1, 1, bias=False)

    def logits(self, image: Tensor) -> Tensor:
        """Return the mask before the sigmoid, (B, 1, 224, 224), whatever the size of the picture."""
        assert image.shape[1] == 3, f"the picture is {tuple(image.shape)}"
        total: Tensor | None = None
        for number, feature in enumerate(self.encoder(image), start=1):
            x = self.get_submodule(f"bn{number}")(F.relu(self.get_submodule(f"conv{number}")(feature)))
            x = F.interpolate(x, size=(MASK_PX, MASK_PX), mode="nearest")
            total = x if total is None else total + x
        x = self.ghost2(self.ghost1(self.bn6(total)))
        mask: Tensor = self.conv6(x)
        return mask

    def forward(self, image: Tensor) -> Tensor:
        """Return the soft hair mask, (B, 1, 224, 224) in [0, 1], of (B, 3, H, W) float, [-1, 1], RGB."""
        return torch.sigmoid(self.logits(image))
