"""The sizes in which the published generators, and `mini`, differ."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class GeneratorConfig:
    """Sizes of one StyleGAN generator.

    `channels` holds one count for each resolution 4, 8, ..., `resolution`. `label_dim` 0 means no label slots at all.
    `split_width` is the width of the second mapping branch of v3.1 (None: a single branch).
    """

    z_dim: int = 512
    label_dim: int = 7
    label_embed_dim: int = 16
    w_dim: int = 512
    mapping_layers: int = 8
    resolution: int = 256
    channels: tuple[int, ...] = (512, 512, 512, 512, 256, 128, 64)
    split_width: int | None = None

    def __post_init__(self) -> None:
        """Refuse sizes that cannot be built."""
        if self.resolution != 2 ** (1 + len(self.channels)):
            raise ValueError(f"{len(self.channels)} channel counts do not reach resolution {self.resolution}")
        if self.mapping_layers < 2 or (self.split_width is not None and self.mapping_layers < 3):
            raise ValueError("the mapping network needs 2 layers, and 3 when it is split")

    @property
    def layer_count(self) -> int:
        """Number of styled layers: two for each resolution."""
        return 2 * len(self.channels)

    @property
    def edit_dim(self) -> int:
        """Width of the space in which change vectors are added: w, or both branches of a split mapping."""
        return self.w_dim if self.split_width is None else self.w_dim + self.split_width


V8 = GeneratorConfig()
V7 = replace(V8, label_dim=3)
V9 = replace(V8, split_width=2048)
V1 = replace(V8, label_embed_dim=24)  # FineTuned-v3, the v1 product
V1_FINE_TUNED_V1 = V8
V1_FINE_TUNED_V4 = V7
MINI = GeneratorConfig(
    z_dim=128, label_dim=0, label_embed_dim=0, w_dim=128, mapping_layers=4, channels=(128, 128, 128, 96, 64, 32, 16)
)
