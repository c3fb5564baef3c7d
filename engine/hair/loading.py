"""Load the hair net from a folder."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.errors import EngineError
from engine.hair.segmentation import MINI_HAIR, PUBLISHED, HairSegmentation
from engine.tensor_files import find_tensor_file, load_weights

PUBLISHED_STEM, MINI_STEM = "segmentation_model_ohlora_v4", "segmentation"


def load_hair_net(folder: Path, device: torch.device | None = None) -> HairSegmentation:
    """Load the published hair net, or the embedded one when the folder has that; always in eval mode.

    Raises:
        EngineError: no file is there, or it is broken, hostile or of another model.
    """
    if not folder.is_dir():
        raise EngineError(f"{folder} with the hair net is not here; run `weights pull`")
    embedded = folder / f"{MINI_STEM}.safetensors"
    net = HairSegmentation(MINI_HAIR if embedded.is_file() else PUBLISHED)
    load_weights(net, embedded if embedded.is_file() else find_tensor_file(folder, PUBLISHED_STEM))
    return net.to(device) if device is not None else net
