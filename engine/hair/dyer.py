"""The hair net and the dye together: pictures in, dyed pictures out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.hair.fast_segmentation import FastHairSegmentation
from engine.hair.ombre import dye
from engine.hair.ombre_batch import dye_batch
from engine.hair.segmentation import HairSegmentation
from engine.turn_types import Ombre


class BatchDyer:
    """Dyes batches on the device where they are."""

    def __init__(self, net: HairSegmentation) -> None:
        assert not net.training, "the hair net must be in eval mode"
        self._net = FastHairSegmentation(net)

    @torch.inference_mode()
    def __call__(self, pictures: Tensor, ombres: Sequence[Ombre]) -> Tensor:
        """Dye (B, R, R, 3) uint8, RGB; every ombre must have a hue."""
        masks = self._net(pictures.permute(0, 3, 1, 2).float().div_(127.5).sub_(1.0))
        return dye_batch(pictures, masks, ombres)


class PlainDyer:
    """Dyes one picture at a time, as the published programs do: mask and blend in NumPy."""

    def __init__(self, net: HairSegmentation) -> None:
        assert not net.training, "the hair net must be in eval mode"
        self._net = net

    @torch.no_grad()
    def __call__(self, picture: npt.NDArray[np.uint8], ombre: Ombre) -> npt.NDArray[np.uint8]:
        """Dye (R, R, 3) uint8, RGB; None hue leaves it as it is."""
        if ombre.hue is None:
            return picture
        seen = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
        seen = ((seen - 0.5) / 0.5).to(self._net.conv6.weight.device)
        return dye(picture, self._net(seen)[0, 0].cpu().numpy(), ombre)
