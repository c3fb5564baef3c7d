"""From z and label slots to w."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.face.generator_config import GeneratorConfig
from engine.face.stylegan_layers import LEAK, Dense, pixel_norm

LR_MULTIPLIER = 0.01


class Mapping(nn.Module):
    """The mapping network, `dense0` to `dense7`.

    A split mapping (v3.1) has a second branch, `dense_new0` and `dense_new1`, beside its last two layers; the two
    branches are added. Its edit space lies between those layers; without a split the edit space is w itself.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        if config.label_dim:
            self.label_weight = nn.Parameter(torch.randn(config.label_dim, config.label_embed_dim))
        first_dim = config.z_dim + (config.label_embed_dim if config.label_dim else 0)
        for index in range(config.mapping_layers):
            in_dim = config.w_dim if index else first_dim
            self.add_module(f"dense{index}", Dense(in_dim, config.w_dim, lr_multiplier=LR_MULTIPLIER))
        if config.split_width is not None:
            self.dense_new0 = Dense(config.w_dim, config.split_width, lr_multiplier=LR_MULTIPLIER)
            self.dense_new1 = Dense(config.split_width, config.w_dim, lr_multiplier=LR_MULTIPLIER)

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Return w (B, w_dim) for z (B, z_dim) and label slots (B, label_dim); no labels means zeros."""
        return self.from_edit_space(self.to_edit_space(z, label))

    def normalised_input(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Return what `dense0` sees: z and the embedded label, joined and pixel-normalised."""
        assert z.shape[1:] == (self.config.z_dim,), f"z is {tuple(z.shape)}"
        if self.config.label_dim:
            if label is None:
                label = z.new_zeros(z.shape[0], self.config.label_dim)
            assert label.shape == (z.shape[0], self.config.label_dim), f"label is {tuple(label.shape)}"
            z = torch.cat([z, label @ self.label_weight], dim=1)
        return pixel_norm(z)

    def to_edit_space(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Return the point, (B, edit_dim), to which change vectors are added."""
        x = self.normalised_input(z, label)
        count = self.config.mapping_layers
        for index in range(count if self.config.split_width is None else count - 2):
            x = self._activated(f"dense{index}", x)
        if self.config.split_width is None:
            return x
        return torch.cat([self._activated(f"dense{count - 2}", x), self._activated("dense_new0", x)], dim=1)

    def from_edit_space(self, point: Tensor) -> Tensor:
        """Return w (B, w_dim) for a point (B, edit_dim) of the edit space."""
        assert point.shape[1:] == (self.config.edit_dim,), f"point is {tuple(point.shape)}"
        if self.config.split_width is None:
            return point
        first, second = point[:, : self.config.w_dim], point[:, self.config.w_dim :]
        last = f"dense{self.config.mapping_layers - 1}"
        return self._activated(last, first) + self._activated("dense_new1", second)

    def _activated(self, name: str, x: Tensor) -> Tensor:
        dense = self.get_submodule(name)
        return F.leaky_relu(dense(x), LEAK)
