from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.face.fast_synthesis import FastSynthesis
from engine.face.gradient_network import GradientNetwork
from engine.face.stylegan import Generator, to_uint8
from tests.conformance.face_models import Case, case_paths, faked, model_of, read_case, tolerance

IMAGE_TOLERANCE = 2e-3
VECTOR_TOLERANCE = 1e-4


def as_row(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(values)).float()[None]


def apart(ours: Tensor, wanted: np.ndarray) -> float:
    return float(np.abs(ours.double().numpy() - np.asarray(wanted, dtype=np.float64)).max())


def edited_point(case: Case, point: Tensor) -> Tensor:
    """Add the case's scores times its vectors, in float64; a case without an eyes vector follows the gradient."""
    edited = point[0].double().numpy()
    for score, name in zip(case["scores_eyes_mouth_pose"], ("eyes", "mouth", "pose"), strict=True):
        if f"{name}_vector" in case:
            vector = case[f"{name}_vector"]
        else:
            network = faked("vectorfind_v9_gradient_nn_mapping_split1")
            assert isinstance(network, GradientNetwork)
            assert apart(network(point), case["eyes_nn_output"]) <= VECTOR_TOLERANCE
            direction = network.direction(point)[0]
            assert apart(direction, case["eyes_gradient_unit"]) <= 1e-5
            vector = direction.double().numpy()
        edited = edited + score * vector
    return as_row(edited)


def check_generator(path: Path) -> None:
    case = read_case(path)
    generator = faked(model_of(path))
    assert isinstance(generator, Generator)
    z, label = as_row(case["z_part1"]), as_row(case["z_part2"])
    mapping = generator.mapping
    assert apart(mapping.normalised_input(z, label)[0], case["mapping_in_normalised"]) <= VECTOR_TOLERANCE
    assert apart(mapping(z, label)[0], case["w_before"]) <= VECTOR_TOLERANCE
    w = mapping(z, label)
    if "scores_eyes_mouth_pose" in case:
        point = mapping.to_edit_space(z, label)
        if "mid_before" in case:
            assert apart(point[0], case["mid_before"]) <= VECTOR_TOLERANCE
        edited = edited_point(case, point)
        if "mid_after" in case:
            assert apart(edited[0], case["mid_after"]) <= VECTOR_TOLERANCE
        w = mapping.from_edit_space(edited)
        assert apart(w[0], case["w_after"]) <= VECTOR_TOLERANCE
    image = generator.synthesis(w)
    check_image(case, image[0])
    fast = FastSynthesis(generator.synthesis, torch.device("cpu"))(w)
    assert float((fast[0].permute(2, 0, 1) - image[0]).abs().max()) <= IMAGE_TOLERANCE


def check_image(case: Case, image: Tensor) -> None:
    """Compare a raw picture, (3, 256, 256), with what the case kept of it."""
    limit = tolerance(case, IMAGE_TOLERANCE)
    assert apart(image[:, torch.from_numpy(case["image_rows_idx"])], case["image_rows_f32"]) <= limit
    coarse = case["image_sub4_f16"].astype(np.float64)
    assert (np.abs(image[:, ::4, ::4].numpy() - coarse) <= limit + 2e-3 * np.abs(coarse)).all()
    assert apart(image.double().mean(dim=(1, 2)), case["image_mean"]) <= limit
    assert apart(image.double().std(dim=(1, 2), correction=0), case["image_std"]) <= limit
    assert apart(image.amin(dim=(1, 2)), case["image_min"]) <= limit
    assert apart(image.amax(dim=(1, 2)), case["image_max"]) <= limit
    picture = to_uint8(image[None])[0].numpy().astype(int)
    assert np.abs(picture[::4, ::4] - case["uint8_sub4"]).max() <= 1
    assert np.abs(picture[case["image_rows_idx"]] - case["uint8_rows"]).max() <= 1


def test_generators(reference_dir: Path) -> None:
    paths = case_paths(reference_dir, "*_generator__*.npz")
    with torch.no_grad():
        for path in sorted(paths, key=model_of):
            check_generator(path)
