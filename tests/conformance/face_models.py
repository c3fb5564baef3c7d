"""Which module stands for which reference model, and the pictures and weights their cases are made of."""

import re
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.face.discriminator import Discriminator
from engine.face.generator_config import V1, V1_FINE_TUNED_V1, V1_FINE_TUNED_V4, V7, V8, V9
from engine.face.gradient_network import GradientNetwork
from engine.face.scoring_cnns import AGE, GENDER, GLASS, QUALITY, MergedPropertyScoreCNN, PropertyScoreCNN, ScoringCNN
from engine.face.stylegan import Generator
from engine.fake_weights import fill_with_fakes
from engine.hair.segmentation import HairSegmentation

MODULES: dict[str, Callable[[], nn.Module]] = {
    "merged_property_score_cnn": MergedPropertyScoreCNN,
    "property_score_cnn": PropertyScoreCNN,
    "v1_finetuned_v1_discriminator": lambda: Discriminator(V1_FINE_TUNED_V1),
    "v1_finetuned_v4_discriminator": lambda: Discriminator(V1_FINE_TUNED_V4),
    "v1_finetuned_v1_generator": lambda: Generator(V1_FINE_TUNED_V1),
    "v1_finetuned_v3_generator": lambda: Generator(V1),
    "v1_finetuned_v4_generator": lambda: Generator(V1_FINE_TUNED_V4),
    "vectorfind_v7_generator": lambda: Generator(V7),
    "vectorfind_v8_generator": lambda: Generator(V8),
    "vectorfind_v9_generator": lambda: Generator(V9),
    "vectorfind_v9_gradient_nn_mapping_split1": lambda: GradientNetwork(2560),
    "vectorfind_v9_gradient_nn_mapping_split2": lambda: GradientNetwork(1024),
    "vectorfind_v9_gradient_nn_w": lambda: GradientNetwork(512),
    "v1_gender_cnn": lambda: ScoringCNN(GENDER),
    "v1_quality_cnn": lambda: ScoringCNN(QUALITY),
    "v3_age_cnn": lambda: ScoringCNN(AGE),
    "v3_glass_cnn": lambda: ScoringCNN(GLASS),
    "v4_hair_segmentation": HairSegmentation,
}

Case = dict[str, Any]


def case_paths(reference_dir: Path, pattern: str) -> list[Path]:
    """Every case file of a name pattern; skips the test when the directory has none."""
    paths = sorted((reference_dir / "goldens").glob(pattern))
    if not paths:
        pytest.skip(f"no case {pattern} in {reference_dir / 'goldens'}")
    return paths


def model_of(path: Path) -> str:
    """The model's name in a case's file name, `<model>__<case>.npz`."""
    return re.split("__", path.stem)[0]


def read_case(path: Path) -> Case:
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


@lru_cache(maxsize=2)
def faked(model: str) -> nn.Module:
    """The model with fake weights."""
    module = MODULES[model]()
    fill_with_fakes(module)
    return module


def input_picture(case: Case) -> Tensor:
    """The input of a network's case, (1, 3, R, R), rebuilt from its tag and checked."""
    resolution = int(case["input_res"])
    rng = np.random.default_rng(zlib.crc32(str(case["input_tag"]).encode()))
    blocks = resolution // 16
    coarse = rng.uniform(-1, 1, (3, blocks, blocks))
    fine = rng.uniform(-1, 1, (3, resolution, resolution))
    picture = (0.8 * np.kron(coarse, np.ones((1, 16, 16))) + 0.2 * fine).astype(np.float32)
    assert zlib.crc32(picture.tobytes()) == int(case["input_crc32"])
    return torch.from_numpy(picture)[None]


def tolerance(case: Case, least: float) -> float:
    """The suggested tolerance, or ten times the reference's own rounding when that is more."""
    return max(least, 10 * float(case.get("f32_vs_f64_maxabs", 0.0)))
