"""From w to the picture, sooner: the numbers of `engine.face.synthesis`, arranged for speed.

What does not change from frame to frame is computed once (scaled kernels, noise and bias in one map, all styles in one
matrix). Doubling and convolving at 8 to 64 pixels become one transposed convolution with 16 instead of 36
multiplications a pixel; it is the mirrored kernel that makes the two the same. Instance norm and style are one batch
normalisation over the channels of one picture. On a CPU feature maps are channels-last, small maps go through in one
batch (their weights are what costs) and large ones picture by picture (they stay in the cache).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.face.stylegan_layers import EPSILON, LEAK
from engine.face.synthesis import ConstantLayer, ConvLayer, Synthesis, fused_doubling_kernel

ONE_BY_ONE_FROM_PX = 32


@dataclass(frozen=True, slots=True)
class _Layer:
    """One styled layer with everything constant folded: kernel, blur kernel and noise-and-bias map."""

    kernel: Tensor | None  # None: the constant first layer
    blur: Tensor | None
    noise_and_bias: Tensor  # (1, C, H, W)
    resolution: int
    doubles: bool


class FastSynthesis:
    """A frozen copy of a synthesis network; takes the place of its `forward` with lod 0."""

    def __init__(
        self, synthesis: Synthesis, device: torch.device, memory_format: torch.memory_format | None = None
    ) -> None:
        """Copy a network. `memory_format` (default: what suits the device) is that of the feature maps."""
        assert float(synthesis.lod) == 0.0, "only full resolution is drawn fast"
        on_cpu = device.type == "cpu"
        self._format = memory_format or (torch.channels_last if on_cpu else torch.contiguous_format)
        self._one_by_one = self._format is torch.channels_last
        self._w_dim = synthesis.config.w_dim
        count = synthesis.config.layer_count
        with torch.no_grad():
            layers = [synthesis.layer(index) for index in range(count)]
            self._layers = [self._fold(layer, 4 * 2 ** (index // 2), device) for index, layer in enumerate(layers)]
            styles = [layer.style for layer in layers if isinstance(layer, ConstantLayer | ConvLayer)]
            self._style_weight = torch.cat([style.weight * style.weight_scale for style in styles]).to(device)
            self._style_bias = torch.cat([style.bias * style.bias_scale for style in styles]).to(device)
            self._style_widths = [style.bias.shape[0] for style in styles]
            first = layers[0]
            assert isinstance(first, ConstantLayer)
            self._const = self._laid_out(first.const.to(device))
            rgb = synthesis.output(len(synthesis.config.channels) - 1)
            self._rgb_weight = (rgb.weight * rgb.weight_scale)[:, :, 0, 0].to(device)
            self._rgb_bias = rgb.bias.detach().clone().to(device)

    def _laid_out(self, tensor: Tensor) -> Tensor:
        return tensor.detach().contiguous(memory_format=self._format)

    def _fold(self, layer: torch.nn.Module, resolution: int, device: torch.device) -> _Layer:
        assert isinstance(layer, ConstantLayer | ConvLayer)
        noise = layer.apply_noise
        noise_and_bias = noise.noise * noise.weight.view(1, -1, 1, 1) + layer.bias.view(1, -1, 1, 1)
        kernel = blur = None
        doubles = isinstance(layer, ConvLayer) and layer.doubles
        if isinstance(layer, ConvLayer):
            kernel = layer.weight * layer.weight_scale
            if layer.doubles:
                kernel = fused_doubling_kernel(kernel if layer.fused else kernel.flip(2, 3))
                blur = self._laid_out(layer.blur.kernel.to(device))
            kernel = self._laid_out(kernel.to(device))
        return _Layer(kernel, blur, self._laid_out(noise_and_bias.to(device)), resolution, doubles)

    @torch.inference_mode()
    def __call__(self, w: Tensor) -> Tensor:
        """Draw w (B, w_dim): (B, R, R, 3) float32, RGB, about [-1, 1], not clipped."""
        assert w.shape[1:] == (self._w_dim,), f"w is {tuple(w.shape)}"
        styles = F.linear(w, self._style_weight, self._style_bias).split(self._style_widths, dim=1)
        split_at = len(self._layers)
        if self._one_by_one:
            small = [index for index, layer in enumerate(self._layers) if layer.resolution < ONE_BY_ONE_FROM_PX]
            split_at = len(small)
        x = self._run(self._const.expand(w.shape[0], -1, -1, -1), styles, range(split_at))
        if split_at == len(self._layers):
            return self._to_rgb(x)
        pictures = [
            self._to_rgb(self._run(x[row : row + 1], [s[row : row + 1] for s in styles], range(split_at, len(styles))))
            for row in range(w.shape[0])
        ]
        return torch.cat(pictures)

    def _run(self, x: Tensor, styles: list[Tensor] | tuple[Tensor, ...], indices: range) -> Tensor:
        for index in indices:
            layer = self._layers[index]
            if layer.kernel is not None:
                x = self._convolve(x, layer)
                x.add_(layer.noise_and_bias)
            else:
                x = x + layer.noise_and_bias
            x = self._normalise_and_style(F.leaky_relu_(x, LEAK), styles[index])
        return x

    @staticmethod
    def _convolve(x: Tensor, layer: _Layer) -> Tensor:
        assert layer.kernel is not None
        if not layer.doubles:
            return F.conv2d(x, layer.kernel, padding=1)
        x = F.conv_transpose2d(x, layer.kernel, stride=2, padding=1)
        return F.conv2d(x, layer.blur, padding=1, groups=x.shape[1])  # type: ignore[arg-type]

    def _normalise_and_style(self, x: Tensor, style: Tensor) -> Tensor:
        channels = x.shape[1]
        scale, shift = style[:, :channels] + 1, style[:, channels:]
        if self._format is torch.contiguous_format:
            as_one = x.reshape(1, -1, *x.shape[2:])
            return _batch_norm(as_one, scale.flatten(), shift.flatten()).view_as(x)
        if x.shape[0] == 1:
            return _batch_norm(x, scale[0], shift[0])
        rows = [_batch_norm(x[row : row + 1], scale[row], shift[row]) for row in range(x.shape[0])]
        return torch.cat(rows)

    def _to_rgb(self, x: Tensor) -> Tensor:
        return F.linear(x.permute(0, 2, 3, 1), self._rgb_weight, self._rgb_bias)


def _batch_norm(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Normalise every channel of one picture, then scale and shift it."""
    return F.batch_norm(x, None, None, scale, shift.contiguous(), training=True, momentum=0.0, eps=EPSILON)
