"""The small networks that score a face picture: seven or eight properties, and the filters used in training.

All of them take the whole picture, (B, 3, 256, 256) float32, RGB, and look at a fixed part of it. Property networks
were trained on [-1, 1]; gender and quality (v1), age and glasses (v3) on [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SEVEN_PROPERTIES = ("eyes", "hair_color", "hair_length", "mouth", "pose", "back_mean", "back_std")
EIGHT_PROPERTIES = (*SEVEN_PROPERTIES, "hairstyle")


@dataclass(frozen=True, slots=True)
class ScorerSpec:
    """One scoring network: the part of the picture it sees, its convolutions, and which of them are halved after.

    `rows` and `columns` are half-open pixel ranges of a 256x256 picture; `pool_after` counts convolutions from 1.
    """

    rows: tuple[int, int]
    columns: tuple[int, int]
    channels: tuple[int, ...]
    pool_after: frozenset[int]
    outputs: int = 1
    hidden: int = 256
    sigmoid: bool = False

    @property
    def flat_features(self) -> int:
        """Number of values that reach the first dense layer."""
        height, width = self.rows[1] - self.rows[0], self.columns[1] - self.columns[0]
        for index in range(1, len(self.channels) + 1):
            halving = 2 if index in self.pool_after else 1
            height, width = (height - 2) // halving, (width - 2) // halving
        return height * width * self.channels[-1]


_FOUR, _FIVE, _SIX = (32, 64, 64, 128), (32, 64, 64, 128, 128), (32, 64, 64, 128, 128, 128)
_FILTER_FIVE, _FILTER_SIX = (32, 64, 128, 128, 256), (32, 64, 128, 128, 256, 256)
EYES = ScorerSpec((96, 144), (64, 192), _FOUR, frozenset({2, 3, 4}))
MOUTH = ScorerSpec((160, 208), (96, 160), _FOUR, frozenset({2, 3, 4}))
POSE = ScorerSpec((112, 160), (88, 168), _FIVE, frozenset({2, 3}))
HAIR_COLOR = ScorerSpec((0, 256), (0, 256), _SIX, frozenset({2, 3, 4, 5, 6}))
HAIR_LENGTH = ScorerSpec((128, 256), (0, 256), _SIX, frozenset({2, 3, 4, 5}))
BACKGROUND = ScorerSpec((0, 128), (0, 256), _SIX, frozenset({2, 3, 4, 5}), outputs=2)
HAIRSTYLE_LEFT = ScorerSpec((128, 256), (0, 96), (32, 64, 64, 96, 128, 128), frozenset({2, 3, 4}))
HAIRSTYLE_RIGHT = ScorerSpec((128, 256), (160, 256), (32, 64, 64, 96, 128, 128), frozenset({2, 3, 4}))
GENDER = ScorerSpec((0, 256), (0, 256), _FILTER_SIX, frozenset({2, 3, 4, 5, 6}), hidden=512, sigmoid=True)
QUALITY = ScorerSpec((0, 64), (64, 192), _FILTER_FIVE, frozenset({2, 3, 4}), hidden=512, sigmoid=True)
AGE = ScorerSpec((0, 128), (0, 256), _FILTER_SIX, frozenset({2, 3, 4, 5}), hidden=512, sigmoid=True)
GLASS = ScorerSpec((80, 128), (64, 192), _FILTER_FIVE, frozenset({2, 3, 4}), hidden=512, sigmoid=True)


class ConvStack(nn.Module):
    """The convolutions `conv1`, `conv2`, ... of a scoring network, on its part of the picture."""

    def __init__(self, spec: ScorerSpec) -> None:
        super().__init__()
        self.spec = spec
        previous = 3
        for index, channels in enumerate(spec.channels, start=1):
            self.add_module(f"conv{index}", nn.Sequential(nn.Conv2d(previous, channels, 3), nn.LeakyReLU()))
            previous = channels

    def features(self, image: Tensor) -> Tensor:
        """Return (B, flat_features) for (B, 3, 256, 256)."""
        assert image.shape[1:] == (3, 256, 256), f"the picture is {tuple(image.shape)}"
        (top, bottom), (left, right) = self.spec.rows, self.spec.columns
        x = image[:, :, top:bottom, left:right]
        for index in range(1, len(self.spec.channels) + 1):
            x = self.get_submodule(f"conv{index}")(x)
            if index in self.spec.pool_after:
                x = F.max_pool2d(x, 2)
        return x.flatten(1)

    def forward(self, image: Tensor) -> Tensor:
        """Return the features."""
        return self.features(image)


class ScoringCNN(ConvStack):
    """A whole scoring network: the convolutions and two dense layers."""

    def __init__(self, spec: ScorerSpec) -> None:
        super().__init__(spec)
        self.fc1 = nn.Sequential(nn.Linear(spec.flat_features, spec.hidden), nn.Tanh())
        final = nn.Linear(spec.hidden, spec.outputs)
        self.fc_final = nn.Sequential(final, nn.Sigmoid()) if spec.sigmoid else final

    def forward(self, image: Tensor) -> Tensor:
        """Return the scores, (B, outputs); between 0 and 1 for the filters."""
        scores: Tensor = self.fc_final(self.fc1(self.features(image)))
        return scores


class HairstyleCNN(nn.Module):
    """Straight or curly, from the lower left and the lower right of the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.bottom_left_cnn = ConvStack(HAIRSTYLE_LEFT)
        self.bottom_right_cnn = ConvStack(HAIRSTYLE_RIGHT)
        width = HAIRSTYLE_LEFT.flat_features + HAIRSTYLE_RIGHT.flat_features
        self.fc1 = nn.Sequential(nn.Linear(width, 512), nn.Tanh())
        self.fc_final = nn.Linear(512, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Return the hairstyle score, (B, 1)."""
        both = torch.cat([self.bottom_left_cnn(image), self.bottom_right_cnn(image)], dim=1)
        score: Tensor = self.fc_final(self.fc1(both))
        return score


class PropertyScoreCNN(nn.Module):
    """The seven property scores, in the order of `SEVEN_PROPERTIES`."""

    def __init__(self) -> None:
        super().__init__()
        self.eyes_score_cnn = ScoringCNN(EYES)
        self.mouth_score_cnn = ScoringCNN(MOUTH)
        self.pose_score_cnn = ScoringCNN(POSE)
        self.hair_color_score_cnn = ScoringCNN(HAIR_COLOR)
        self.hair_length_score_cnn = ScoringCNN(HAIR_LENGTH)
        self.background_score_cnn = ScoringCNN(BACKGROUND)

    def forward(self, image: Tensor) -> Tensor:
        """Return (B, 7) scores of (B, 3, 256, 256) float32, [-1, 1], RGB."""
        parts = (
            self.eyes_score_cnn,
            self.hair_color_score_cnn,
            self.hair_length_score_cnn,
            self.mouth_score_cnn,
            self.pose_score_cnn,
            self.background_score_cnn,
        )
        return torch.cat([part(image) for part in parts], dim=1)


class MergedPropertyScoreCNN(PropertyScoreCNN):
    """The seven property scores and the hairstyle score, in the order of `EIGHT_PROPERTIES`."""

    def __init__(self) -> None:
        super().__init__()
        self.hairstyle_score_cnn = HairstyleCNN()

    def forward(self, image: Tensor) -> Tensor:
        """Return (B, 8) scores of (B, 3, 256, 256) float32, [-1, 1], RGB."""
        return torch.cat([super().forward(image), self.hairstyle_score_cnn(image)], dim=1)


FilterName = Literal["gender", "quality", "age", "glass"]
FILTERS: dict[FilterName, ScorerSpec] = {"gender": GENDER, "quality": QUALITY, "age": AGE, "glass": GLASS}


def mean_score(folds: Sequence[nn.Module], image: Tensor) -> Tensor:
    """Average the scores of an ensemble's folds, (B, 1)."""
    return torch.stack([fold(image) for fold in folds]).mean(dim=0)
