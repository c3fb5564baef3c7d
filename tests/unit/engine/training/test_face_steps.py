"""Every face step end to end at the smallest budget."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from engine.face.stylegan import MINI, Generator
from engine.hair.segmentation import MINI_HAIR, HairSegmentation
from engine.training.context import StepContext
from engine.training.errors import TrainingError
from engine.training.face.steps import FACE_STEPS


class Shown:
    """Keeps what the progress display was told."""

    def __init__(self) -> None:
        self.shares: dict[str, list[float]] = {}

    def __call__(self, message: str, share: float, seconds_left: float | None) -> None:
        assert seconds_left is None or seconds_left >= 0
        self.shares.setdefault(message.split()[0].rstrip(","), []).append(share)


@pytest.fixture(scope="module")
def shown() -> Shown:
    return Shown()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, shown: Shown) -> StepContext:
    out = tmp_path_factory.mktemp("mini")
    context = StepContext(out=out, rows_dir=out, data_dir=out, budget="tiny", seed=5, progress=shown)
    for step in FACE_STEPS.values():
        step(context)
    return context


def test_the_steps_are_the_promised_ones() -> None:
    assert list(FACE_STEPS) == ["portraits", "stylegan", "property-cnn", "change-vectors", "face-select", "hair-seg"]


def test_every_step_reports_and_shows_progress(finished: StepContext, shown: Shown) -> None:
    for name in FACE_STEPS:
        report = json.loads((finished.out / "face" / f"report-{name}.json").read_text(encoding="utf-8"))
        assert report["step"] == name
        assert report["figures"]
        assert max(shown.shares[name]) <= 1
        assert shown.shares[name] == sorted(shown.shares[name]) or name == "property-cnn"


def test_the_weights_load_into_the_engines_classes(finished: StepContext) -> None:
    weights = finished.out / "weights"
    generator = Generator(MINI)
    generator.load_state_dict(load_file(weights / "face/generator.safetensors"), strict=True)
    HairSegmentation(MINI_HAIR).load_state_dict(load_file(weights / "hair/segmentation.safetensors"), strict=True)
    vectors = load_file(weights / "face/vectors.safetensors")
    faces = json.loads((weights / "face/faces.json").read_text(encoding="utf-8"))["faces"]
    assert vectors["z"].shape == (len(faces), MINI.z_dim)
    for face in faces:
        for name in ("eyes", "mouth", "pose"):
            assert vectors[f"{name}.{face['group']}"].shape == (MINI.w_dim,)
    settings = json.loads((weights / "face/config.json").read_text(encoding="utf-8"))["generator"]
    assert tuple(settings["channels"]) == MINI.channels


def test_a_finished_training_is_not_repeated(finished: StepContext) -> None:
    path = finished.out / "weights/face/generator.safetensors"
    before = load_file(path)
    checkpoint = torch.load(finished.out / "face/generator.ckpt", weights_only=True)
    FACE_STEPS["stylegan"](finished)
    after = load_file(path)
    assert checkpoint["shown"] == 24
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_steps_ask_for_what_they_need(tmp_path: Path) -> None:
    context = StepContext(out=tmp_path, rows_dir=tmp_path, data_dir=tmp_path, budget="tiny")
    with pytest.raises(TrainingError, match="run the step `portraits` first"):
        FACE_STEPS["property-cnn"](context)
    with pytest.raises(TrainingError, match="run the step `stylegan` first"):
        FACE_STEPS["hair-seg"](context)
    with pytest.raises(TrainingError, match="profile mini"):
        FACE_STEPS["portraits"](replace(context, profile="ohlora-v4"))


def test_a_broken_chunk_is_named(tmp_path: Path) -> None:
    context = StepContext(out=tmp_path, rows_dir=tmp_path, data_dir=tmp_path, budget="tiny")
    FACE_STEPS["portraits"](context)
    broken = tmp_path / "face/portraits/images-0001.npy"
    np.save(broken, np.zeros((2, 4, 4, 3), dtype=np.uint8))
    with pytest.raises(TrainingError, match=r"images-0001\.npy"):
        FACE_STEPS["property-cnn"](context)
