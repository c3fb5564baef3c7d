import colorsys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from engine.hair.cubic_resize import resize_matrix
from engine.hair.hue_table import hue_index, hue_table
from engine.hair.ombre import dye, hair_map, hair_rows, row_weights
from engine.hair.ombre_batch import dye_batch, hair_maps
from engine.hair.schedule import ombre_of_scene
from engine.turn_types import Ombre

SHARES = st.floats(0, 1)


def picture_and_mask(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (256, 256, 3), dtype=np.uint8)
    mask = np.zeros((224, 224), np.float32)
    top, bottom = sorted(rng.integers(0, 224, 2))
    mask[top:bottom, 40:180] = rng.uniform(0.6, 1, (bottom - top, 140))
    return image, mask


@given(st.integers(0, 50), SHARES, SHARES, st.floats(0, 0.999))
@settings(max_examples=40, deadline=None)
def test_both_versions_agree(seed: int, height: float, gradient: float, hue: float) -> None:
    image, mask = picture_and_mask(seed)
    ombre = Ombre(hue, height, gradient)
    batch = dye_batch(torch.from_numpy(image)[None], torch.from_numpy(mask)[None], [ombre])[0].numpy()
    assert np.abs(batch.astype(int) - dye(image, mask, ombre)).max() <= 1


def test_pictures_of_a_batch_do_not_mix() -> None:
    pairs = [picture_and_mask(seed) for seed in range(4)]
    ombres = [Ombre(0.1, 0.2, 0.3), Ombre(0.4, 1.0, 0.0), Ombre(0.7, 0.0, 1.0), Ombre(0.9, 0.6, 0.6)]
    images = torch.from_numpy(np.stack([image for image, _ in pairs]))
    masks = torch.from_numpy(np.stack([mask for _, mask in pairs]))
    dyed = dye_batch(images, masks, ombres).numpy()
    for row, (image, mask) in enumerate(pairs):
        assert np.abs(dyed[row].astype(int) - dye(image, mask, ombres[row])).max() <= 1


def test_resizing_is_the_cubic_of_torch() -> None:
    mask = torch.rand(224, 224)
    wanted = F.interpolate(mask[None, None], size=(256, 256), mode="bicubic", align_corners=False)[0, 0]
    rows = torch.from_numpy(resize_matrix(224, 256).copy())
    assert torch.allclose(rows @ mask @ rows.T, wanted, atol=1e-5)
    assert np.allclose(resize_matrix(224, 256).sum(axis=1), 1, atol=1e-6)


def test_hair_maps_agree() -> None:
    _, mask = picture_and_mask(3)
    assert np.allclose(hair_maps(torch.from_numpy(mask)[None], 256)[0].numpy(), hair_map(mask, 256), atol=1e-2)


def test_undyed_pictures_stay_as_they_are() -> None:
    image, mask = picture_and_mask(1)
    assert dye(image, mask, Ombre(None, 1.0, 0.0)) is image


def test_without_hair_nothing_is_dyed() -> None:
    image, mask = picture_and_mask(1)
    bald = np.full_like(mask, 0.5)
    assert hair_rows(hair_map(bald, 256)) is None
    assert np.array_equal(dye(image, bald, Ombre(0.3, 1.0, 0.0)), image)


def test_rows_above_the_dyed_part_keep_their_colour() -> None:
    image, mask = picture_and_mask(2)
    mask[20:200, 40:180] = 1
    top, bottom = hair_rows(hair_map(mask, 256)) or (0, 0)
    dyed = dye(image, mask, Ombre(0.6, 0.5, 0.4))
    start = int(top + (bottom - top) * 0.5)
    assert np.array_equal(dyed[:start], image[:start])
    assert not np.array_equal(dyed[bottom - 5], image[bottom - 5])


def test_row_weights_rise_once() -> None:
    weights = row_weights(40, 200, 0.75, 0.5, 256)
    assert weights[:80].max() == 0
    assert weights[140:].min() == 1
    assert (np.diff(weights) >= 0).all()
    assert set(row_weights(40, 200, 1.0, 0.0, 256)[38:42].tolist()) == {0.0, 1.0}


def test_hues() -> None:
    table = hue_table()
    assert table.shape == (360, 3)
    for index in range(360):
        wanted = np.array(colorsys.hsv_to_rgb(index / 360, 1, 1)) * 255
        assert np.abs(table[index] - wanted).max() < 1.001
    assert hue_index(0.0) == hue_index(1.0) == 0
    assert hue_index(0.999999) == 359


@pytest.mark.parametrize("scene", [0, 1, 13, 26, 253, 359])
def test_schedule_goes_through_every_hue(scene: int) -> None:
    ombre = ombre_of_scene(scene)
    assert ombre == ombre_of_scene(scene + 360)
    assert ombre.hue is not None
    assert hue_index(ombre.hue) == scene
    assert 0.4 <= ombre.height <= 0.8
    assert 0.3 <= ombre.gradient <= 0.7
