from pathlib import Path

import numpy as np
import pytest

from engine.face.expression import draw_scores, weights_of
from engine.face.face_model import V1_LABEL_SLOTS, V1_NOISE
from engine.face.keyword_expression import keyword_scores
from engine.face.motion import cosine_line, transition
from engine.face.stylegan import to_uint8
from tests.conformance.behaviour_cases import section


class Always:
    def __init__(self, value: float) -> None:
        self.value = value

    def random(self) -> float:
        return self.value


def test_expression_scores(reference_dir: Path) -> None:
    for case in section(reference_dir, "expression_scores")["cases"]:
        for index, draw in enumerate((0.0, 1.0)):
            scores = draw_scores(case["eyes"], case["mouth"], case["pose"], Always(draw))
            eyes, mouth, _ = case[f"at_random_{index}"]
            wanted = (eyes, mouth, case["pose_intended_at_0_and_1"][index])
            assert weights_of("v8", scores) == pytest.approx(wanted, abs=1e-6), case


def test_cosine_line(reference_dir: Path) -> None:
    assert cosine_line() == pytest.approx(section(reference_dir, "cosine_line")["values"], abs=1e-9)


def test_face_transition(reference_dir: Path) -> None:
    for case in section(reference_dir, "face_transition")["cases"]:
        frames = transition(tuple(case["current"]), tuple(case["target"]))
        assert len(frames) == case["n"]
        for column, name in enumerate(("eyes", "mouth", "pose")):
            ours = [frames[index][column] for index in case["sample_index"]]
            assert ours == pytest.approx(case["appended"][name], abs=1e-6), case["id"]


def test_keyword_scores(reference_dir: Path) -> None:
    for case in section(reference_dir, "v1_expression_scores")["cases"]:
        wanted = case.get("intended", case["expected"])
        assert keyword_scores(case["answer"]) == pytest.approx(wanted, abs=1e-6), case["id"]


def test_v1_picture(reference_dir: Path) -> None:
    import torch

    call = section(reference_dir, "v1_image_call")
    label = np.zeros(7)
    label[list(V1_LABEL_SLOTS)] = weights_of("v1", tuple(call["scores"]))
    assert label.tolist() == call["label"]
    assert call["noise_std"] == V1_NOISE
    pixels = torch.tensor(call["pixel_in"]).view(1, 1, 1, -1)
    assert np.abs(to_uint8(pixels).flatten().numpy().astype(int) - call["pixel_out"]).max() <= 1
