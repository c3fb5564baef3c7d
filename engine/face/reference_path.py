"""A picture the way the published programs make it: one at a time, step after step.

The plain twin of `engine.face.pipeline`, for tests and the bench: mapping for every frame, one picture at a time,
mask and blend in NumPy.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.face.expression import weights_of
from engine.face.face_model import FaceModel, Frame
from engine.face.stylegan import to_uint8
from engine.turn_types import Ombre


class OneDyer(Protocol):
    """Hair mask and dye for one picture; `engine.hair.dyer.PlainDyer` is one."""

    def __call__(self, picture: npt.NDArray[np.uint8], ombre: Ombre) -> npt.NDArray[np.uint8]:
        """Dye (R, R, 3) uint8, RGB; None hue leaves it as it is."""


def draw_sequentially(model: FaceModel, dyer: OneDyer, frame: Frame) -> npt.NDArray[np.uint8]:
    """Draw one frame: (R, R, 3) uint8, RGB."""
    w = model.w([frame]) if model.engine == "v1" else edited_w(model, frame)
    with torch.no_grad():
        picture: npt.NDArray[np.uint8] = to_uint8(model.generator.synthesis(w))[0].cpu().numpy()
    return dyer(picture, frame.ombre)


def edited_w(model: FaceModel, frame: Frame) -> Tensor:
    """Map a face's z and add its change vectors in float64: w (1, w_dim) float32."""
    weights = weights_of(model.engine, frame.scores)
    base = model.base(frame.face_id)
    edited = base.point.cpu().numpy()
    for weight, direction in zip(weights, base.directions.cpu().numpy(), strict=True):
        edited = edited + weight * direction
    point = torch.from_numpy(edited.astype(np.float32))[None].to(model.device)
    return model.generator.mapping.from_edit_space(point)
