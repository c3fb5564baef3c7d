import pytest
import torch

from engine.fake_weights import fill_with_fakes
from engine.hair.fast_segmentation import FastHairSegmentation
from engine.hair.segmentation import MINI_HAIR, PUBLISHED, HairSegmentation, SegmentationConfig


def net_of(config: SegmentationConfig) -> HairSegmentation:
    net = HairSegmentation(config)
    fill_with_fakes(net)
    return net


@pytest.mark.parametrize("config", [PUBLISHED, MINI_HAIR])
@pytest.mark.parametrize("size_px", [224, 256])
def test_fast_masks_are_the_plain_ones(config: SegmentationConfig, size_px: int) -> None:
    net, pictures = net_of(config), torch.rand(2, 3, size_px, size_px) * 2 - 1
    with torch.no_grad():
        plain = net(pictures)[:, 0]
    assert plain.shape == (2, 224, 224)
    assert plain.std() > 0.01
    assert torch.allclose(FastHairSegmentation(net)(pictures), plain, atol=1e-5)


def test_a_mask_does_not_depend_on_the_batch() -> None:
    net, pictures = net_of(MINI_HAIR), torch.rand(3, 3, 256, 256) * 2 - 1
    with torch.no_grad():
        assert torch.allclose(net(pictures)[1], net(pictures[1:2])[0], atol=1e-5)


def test_mini_learns() -> None:
    net = HairSegmentation(MINI_HAIR).train()
    pictures, masks = torch.rand(2, 3, 64, 64) * 2 - 1, torch.zeros(2, 1, 224, 224)
    optimizer = torch.optim.Adam(net.parameters(), 1e-2)
    losses = []
    for _ in range(4):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(net.logits(pictures), masks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]
