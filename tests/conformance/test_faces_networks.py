from pathlib import Path

import numpy as np
import torch

from engine.face.scoring_cnns import MergedPropertyScoreCNN
from engine.hair.fast_segmentation import FastHairSegmentation
from engine.hair.segmentation import HairSegmentation
from tests.conformance.face_models import Case, case_paths, faked, input_picture, model_of, read_case, tolerance

NETWORK_TOLERANCE = 1e-4


def test_scoring_networks(reference_dir: Path) -> None:
    with torch.no_grad():
        for path in case_paths(reference_dir, "*_cnn__*.npz"):
            case, network = read_case(path), faked(model_of(path))
            picture = input_picture(case)
            limit = tolerance(case, NETWORK_TOLERANCE)
            assert np.abs(network(picture)[0].numpy() - case["output"]).max() <= limit, path.name
            if isinstance(network, MergedPropertyScoreCNN):
                hairstyle = network.hairstyle_score_cnn(picture)[0].numpy()
                assert np.abs(hairstyle - case["hairstyle_only"]).max() <= limit, path.name


def check_features(case: Case, net: HairSegmentation) -> None:
    for index, feature in enumerate(net.encoder(input_picture(case))):
        assert list(feature.shape) == case[f"feature{index}_shape"].tolist()
        first = feature.flatten()[:8].numpy()
        assert np.abs(first - case[f"feature{index}_first8"]).max() <= NETWORK_TOLERANCE
        mean_std = [feature.double().mean().item(), feature.double().std(correction=0).item()]
        assert np.abs(np.array(mean_std) - case[f"feature{index}_mean_std"]).max() <= NETWORK_TOLERANCE


def check_mask(case: Case, mask: np.ndarray) -> None:
    limit = tolerance(case, NETWORK_TOLERANCE)
    assert np.abs(mask[case["mask_rows_idx"]] - case["mask_rows_f32"]).max() <= limit
    coarse = case["mask_sub2_f16"].astype(np.float32)
    assert (np.abs(mask[::2, ::2] - coarse) <= limit + 2e-3 * coarse).all()
    for ours, wanted in ((mask.mean(), "mean"), (mask.std(), "std"), (mask.min(), "min"), (mask.max(), "max")):
        assert abs(float(ours) - float(case[f"mask_{wanted}"])) <= limit


def test_hair_net(reference_dir: Path) -> None:
    with torch.no_grad():
        for path in case_paths(reference_dir, "*_hair_segmentation__*.npz"):
            case, net = read_case(path), faked(model_of(path))
            assert isinstance(net, HairSegmentation)
            check_features(case, net)
            check_mask(case, net(input_picture(case))[0, 0].numpy())
            check_mask(case, FastHairSegmentation(net)(input_picture(case))[0].numpy())
