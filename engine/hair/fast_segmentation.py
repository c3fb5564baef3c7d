"""The hair net, sooner: the masks of `engine.hair.segmentation`, arranged for speed.

Batch norms are folded into the convolutions beside them. The decoder adds five maps of different sizes, each enlarged
to 224 pixels by repeating pixels, and only then narrows them with a 1x1 convolution; as repeating and 1x1 convolutions
commute, the maps are narrowed first, added from the smallest to the largest, and enlarged once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.hair.segmentation import MASK_PX, HairSegmentation, InvertedResidual, SamePad


class _Affine(NamedTuple):
    """What a batch norm in eval mode does to each channel."""

    scale: Tensor
    shift: Tensor


class _Conv(NamedTuple):
    weight: Tensor
    bias: Tensor


@dataclass(frozen=True, slots=True)
class _Block:
    expand: _Conv | None
    depthwise: _Conv
    padding: SamePad
    stride: int
    reduce: _Conv
    widen: _Conv
    project: _Conv
    adds_input: bool


def _affine(norm: nn.BatchNorm2d) -> _Affine:
    assert norm.running_mean is not None and norm.running_var is not None  # noqa: PT018 - narrows both
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    return _Affine(scale, norm.bias - norm.running_mean * scale)


def _folded(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> _Conv:
    affine = _affine(norm)
    weight = (conv.weight * affine.scale.view(-1, 1, 1, 1)).contiguous(memory_format=torch.channels_last)
    return _Conv(weight, affine.shift.clone())


def _plain(conv: nn.Conv2d) -> _Conv:
    assert conv.bias is not None
    return _Conv(conv.weight.detach().clone(), conv.bias.detach().clone())


class FastHairSegmentation:
    """A frozen copy of a hair net for pictures whose sides are multiples of 32."""

    @torch.no_grad()
    def __init__(self, net: HairSegmentation) -> None:
        encoder = net.encoder
        self._feature_stages = net.config.feature_stages
        self._stem_padding, self._stem = encoder._stem_padding, _folded(encoder._conv_stem, encoder._bn0)
        self._stages = [[_fold_block(block) for block in stage.children()] for stage in encoder._blocks]
        total = _affine(net.bn6)
        narrow = _conv(net.ghost1.primary_conv).weight[:, :, 0, 0]
        self._levels: list[tuple[Tensor, _Conv]] = []
        for number in range(1, 6):
            conv, norm = getattr(net, f"conv{number}"), _affine(getattr(net, f"bn{number}"))
            shift = norm.shift * total.scale + (total.shift if number == 1 else 0)
            narrowed = _Conv((narrow * (norm.scale * total.scale))[:, :, None, None], narrow @ shift)
            self._levels.append((conv.weight.detach().contiguous(memory_format=torch.channels_last), narrowed))
        self._primary1 = _affine(_norm(net.ghost1.primary_conv))
        self._cheap1 = _conv(net.ghost1.cheap_operation).weight.detach().clone()
        half = self._cheap1.shape[0]
        # the batch norm behind the first cheap operation goes into the 1x1 convolution that follows it
        cheap, second = _affine(_norm(net.ghost1.cheap_operation)), _conv(net.ghost2.primary_conv).weight[:, :, 0, 0]
        self._second_primary = second[:, :half, None, None].clone()
        self._second_cheap = (second[:, half:] * cheap.scale)[:, :, None, None]
        self._second_shift = second[:, half:] @ cheap.shift
        self._primary2 = _affine(_norm(net.ghost2.primary_conv))
        self._cheap2 = _conv(net.ghost2.cheap_operation).weight.detach().clone()
        cheap, last = _affine(_norm(net.ghost2.cheap_operation)), net.conv6.weight[:, :, 0, 0]
        self._last_primary = last[:, :half].clone()
        self._last_cheap = last[:, half:] * cheap.scale
        self._last_shift = last[:, half:] @ cheap.shift

    @torch.inference_mode()
    def __call__(self, image: Tensor) -> Tensor:
        """Return soft hair masks, (B, 224, 224) in [0, 1], of (B, 3, H, W) float32, [-1, 1], RGB."""
        assert image.shape[2] % 32 == 0 and image.shape[3] % 32 == 0, f"the picture is {tuple(image.shape)}"  # noqa: PT018
        if image.device.type == "cpu":  # picture by picture, maps stay in the cache
            return torch.cat([self._mask(image[row : row + 1]) for row in range(image.shape[0])])
        return self._mask(image)

    def _mask(self, image: Tensor) -> Tensor:
        x = image.contiguous(memory_format=torch.channels_last)
        x = F.silu(F.conv2d(self._stem_padding(x), *self._stem, stride=2), inplace=True)
        features = []
        for index, stage in enumerate(self._stages):
            for block in stage:
                x = _run_block(block, x)
            if index in self._feature_stages:
                features.append(x)
        return self._decode(features)

    def _decode(self, features: list[Tensor]) -> Tensor:
        total: Tensor | None = None
        for feature, (weight, narrow) in zip(reversed(features), reversed(self._levels), strict=True):
            x = _convolve_pixels(F.relu_(F.conv2d(feature, weight, padding=1)), *narrow)
            total = x if total is None else x.add_(F.interpolate(total, scale_factor=2.0, mode="nearest"))
        assert total is not None
        first = _apply(self._primary1, F.relu_(total))
        first = F.interpolate(first, size=(MASK_PX, MASK_PX), mode="nearest")
        half = first.shape[1]
        cheap = F.relu_(F.conv2d(first, self._cheap1, padding=1, groups=half))
        second = _convolve_pixels(first, self._second_primary, self._second_shift)
        second.add_(_convolve_pixels(cheap, self._second_cheap, None))
        second = _apply(self._primary2, F.relu_(second))
        cheap = F.relu_(F.conv2d(second, self._cheap2, padding=1, groups=half))
        mask = F.linear(second.permute(0, 2, 3, 1), self._last_primary, self._last_shift)
        mask.add_(F.linear(cheap.permute(0, 2, 3, 1), self._last_cheap))
        return torch.sigmoid_(mask[..., 0])


def _conv(sequence: nn.Sequential) -> nn.Conv2d:
    conv = sequence[0]
    assert isinstance(conv, nn.Conv2d)
    return conv


def _norm(sequence: nn.Sequential) -> nn.BatchNorm2d:
    norm = sequence[2]
    assert isinstance(norm, nn.BatchNorm2d)
    return norm


def _fold_block(block: nn.Module) -> _Block:
    assert isinstance(block, InvertedResidual)
    return _Block(
        expand=_folded(block._expand_conv, block._bn0) if block.expands else None,
        depthwise=_folded(block._depthwise_conv, block._bn1),
        padding=block._depthwise_padding,
        stride=block._depthwise_conv.stride[0],
        reduce=_plain(block._se_reduce),
        widen=_plain(block._se_expand),
        project=_folded(block._project_conv, block._bn2),
        adds_input=block.adds_input,
    )


def _run_block(block: _Block, inputs: Tensor) -> Tensor:
    x = inputs
    if block.expand is not None:
        x = F.silu(_convolve_pixels(x, *block.expand), inplace=True)
    groups = x.shape[1]
    x = F.conv2d(block.padding(x), *block.depthwise, stride=block.stride, groups=groups)
    x = F.silu(x, inplace=True)
    squeezed = F.silu(F.conv2d(x.mean(dim=(2, 3), keepdim=True), *block.reduce), inplace=True)
    x.mul_(torch.sigmoid_(F.conv2d(squeezed, *block.widen)))
    x = _convolve_pixels(x, *block.project)
    return x.add_(inputs) if block.adds_input else x


def _convolve_pixels(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Apply a 1x1 convolution; on one CPU core torch would choose the slower of its two ways."""
    if x.device.type == "cpu" and torch.backends.mkldnn.is_available():
        return torch.mkldnn_convolution(x, weight, bias, (0, 0), (1, 1), (1, 1), 1)
    return F.conv2d(x, weight, bias)


def _apply(affine: _Affine, x: Tensor) -> Tensor:
    return torch.addcmul(affine.shift.view(1, -1, 1, 1), x, affine.scale.view(1, -1, 1, 1))
