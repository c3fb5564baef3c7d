import pytest
import torch
from torch.nn import functional as F

from engine.face.discriminator import Discriminator
from engine.face.fast_synthesis import FastSynthesis
from engine.face.generator_config import MINI, GeneratorConfig
from engine.face.stylegan import Generator, to_uint8
from engine.fake_weights import fill_with_fakes
from tests.unit.engine.face.small_models import SMALL


@pytest.fixture(scope="module")
def generator() -> Generator:
    generator = Generator(SMALL)
    fill_with_fakes(generator)
    return generator


def test_mini_is_small_and_draws() -> None:
    generator = Generator(MINI)
    assert sum(weight.numel() for weight in generator.parameters()) < 3_000_000
    with torch.no_grad():
        assert generator(torch.randn(1, MINI.z_dim)).shape == (1, 3, 256, 256)


def test_sizes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="resolution"):
        GeneratorConfig(resolution=128)
    with pytest.raises(ValueError, match="mapping"):
        GeneratorConfig(mapping_layers=1)


@pytest.mark.parametrize("memory_format", [torch.channels_last, torch.contiguous_format])
def test_fast_synthesis_draws_the_plain_picture(generator: Generator, memory_format: torch.memory_format) -> None:
    w = generator.mapping(torch.randn(3, SMALL.z_dim), torch.randn(3, SMALL.label_dim))
    fast = FastSynthesis(generator.synthesis, torch.device("cpu"), memory_format)
    assert torch.allclose(fast(w).permute(0, 3, 1, 2), generator.synthesis(w), atol=1e-3)


def test_levels_of_detail(generator: Generator) -> None:
    w = generator.mapping(torch.randn(1, SMALL.z_dim))
    half = generator.synthesis(w, lod=1.0)
    assert torch.equal(half, F.interpolate(half[:, :, ::2, ::2], scale_factor=2.0, mode="nearest"))
    between = generator.synthesis(w, lod=0.25)
    assert torch.allclose(between, torch.lerp(generator.synthesis(w), half, 0.25), atol=1e-4)


def test_styles_may_differ_by_layer(generator: Generator) -> None:
    w = generator.mapping(torch.randn(2, SMALL.z_dim))
    mixed = w[:1, None].repeat(1, SMALL.layer_count, 1)
    assert torch.allclose(generator.synthesis(mixed), generator.synthesis(w[:1]), atol=1e-5)
    mixed[:, 8:] = w[1]
    assert not torch.allclose(generator.synthesis(mixed), generator.synthesis(w[:1]), atol=1e-2)


def test_truncation_pulls_towards_the_average(generator: Generator) -> None:
    w = generator.mapping(torch.randn(1, SMALL.z_dim))
    assert torch.equal(generator.truncation(w, 1.0), w)
    assert torch.allclose(generator.truncation(w, 0.0), generator.truncation.w_avg.expand_as(w))


def test_bytes_are_truncated_and_kept_in_range() -> None:
    values = torch.tensor([-3.0, -1.0, 0.0, 0.999, 1.0, 3.0]).view(1, 1, 1, -1)
    assert to_uint8(values).flatten().tolist() == [0, 0, 128, 255, 255, 255]


def test_discriminator_scores_pictures() -> None:
    discriminator = Discriminator(SMALL)
    scores = discriminator(torch.randn(4, 3, 256, 256), torch.randn(4, SMALL.label_dim))
    assert scores.shape == (4, 1)
    assert torch.isfinite(scores).all()
