"""The small property network of the `mini` faces: it reads eyes, mouth, pose, hair and background from a picture."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

MINI_SCORES = ("eyes", "mouth", "pose", "hair_color", "hair_length", "background_mean", "hairstyle")
_CHANNELS = (16, 24, 32, 48, 64)
# Where the published order (eyes, hair_color, hair_length, mouth, pose, back_mean, back_std, hairstyle) stands in
# MINI_SCORES; the background's spread is not measured here, its mean stands in.
_PUBLISHED_ORDER = (0, 3, 4, 1, 2, 5, 5, 6)


class MiniPropertyCNN(nn.Module):
    """Seven scores of a picture, in the portraits' units, in the order of `MINI_SCORES`."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        previous = 3
        for channels in _CHANNELS:
            layers += [nn.Conv2d(previous, channels, 3, stride=2, padding=1), nn.BatchNorm2d(channels), nn.ReLU()]
            previous = channels
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Linear(previous * 16, 96), nn.ReLU(), nn.Linear(96, len(MINI_SCORES)))

    def forward(self, image: Tensor) -> Tensor:
        """Return (B, 7) scores for (B, 3, 256, 256) float, [-1, 1], RGB."""
        assert image.shape[1:] == (3, 256, 256), f"the picture is {tuple(image.shape)}"
        return self.of_half_size(F.avg_pool2d(image, 2))

    def of_half_size(self, image: Tensor) -> Tensor:
        """Return (B, 7) scores for (B, 3, 128, 128), halved pictures."""
        scores: Tensor = self.head(self.features(image).flatten(1))
        return scores


def in_published_order(scores: Tensor) -> Tensor:
    """Rearrange (B, 7) scores to the (B, 8) columns of the published merged network."""
    return scores[:, list(_PUBLISHED_ORDER)]
