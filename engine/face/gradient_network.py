"""The network whose gradient is the eyes vector of a v3.1 face."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GradientNetwork(nn.Module):
    """Predict a property score from a point of the edit space: two hidden layers with tanh.

    Hidden widths follow the published ones: 768 + d/4 and 128 + d/8.
    """

    def __init__(self, edit_dim: int = 2560) -> None:
        super().__init__()
        first, second = 768 + edit_dim // 4, 128 + edit_dim // 8
        self.fc1 = nn.Sequential(nn.Linear(edit_dim, first), nn.Tanh())
        self.fc2 = nn.Sequential(nn.Linear(first, second), nn.Tanh())
        self.fc_final = nn.Linear(second, 1)

    def forward(self, point: Tensor) -> Tensor:
        """Return the score, (B, 1), of points (B, edit_dim)."""
        score: Tensor = self.fc_final(self.fc2(self.fc1(point)))
        return score

    def direction(self, point: Tensor) -> Tensor:
        """Return the unit gradient of the score at each point, (B, edit_dim): adding it raises the score."""
        with torch.enable_grad():
            at = point.detach().requires_grad_()
            (gradient,) = torch.autograd.grad(self(at).sum(), at)
        return gradient / gradient.norm(dim=1, keepdim=True)
