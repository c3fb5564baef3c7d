"""Load the property network that judges a face engine's pictures."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from engine.face.expression import FaceEngine
from engine.face.image_test import Scorer
from engine.face.mini_property_cnn import MiniPropertyCNN, in_published_order
from engine.face.scoring_cnns import MergedPropertyScoreCNN, PropertyScoreCNN
from engine.tensor_files import find_tensor_file, load_weights

MERGED_STEM = "ohlora_v3_merged_property_cnn"
V1_STEM = "stylegan_gen_fine_tuned_v2_cnn"
MINI_STEM = "property"


def load_scorer(engine: FaceEngine, weights_dir: Path, face_folder: str, device: torch.device) -> Scorer:
    """Load the property network of a face engine.

    Raises:
        EngineError: it is missing or broken.
    """
    folder = weights_dir / face_folder
    network: nn.Module
    if engine == "mini":
        network, stem = MiniPropertyCNN(), MINI_STEM
    elif engine == "v1":
        network, stem = PropertyScoreCNN(), V1_STEM
    else:
        network, stem = MergedPropertyScoreCNN(), MERGED_STEM
    load_weights(network, find_tensor_file(folder, stem))
    network.to(device)

    @torch.inference_mode()
    def score(images: Tensor) -> Tensor:
        scores: Tensor = network(images.to(device)).cpu()
        return in_published_order(scores) if engine == "mini" else scores

    return score
