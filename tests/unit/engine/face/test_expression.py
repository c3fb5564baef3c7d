import random

import pytest

from engine.face.expression import EYES, MOUTH, POSE, draw_scores, weights_of
from engine.face.keyword_expression import keyword_scores


def test_scores_stay_in_their_ranges() -> None:
    rng = random.Random(3)
    for eyes, (eyes_low, eyes_width) in EYES.items():
        for mouth, (mouth_low, mouth_width) in MOUTH.items():
            for pose, (pose_low, pose_width) in POSE.items():
                scores = draw_scores(eyes, mouth, pose, rng)
                for score, low, width in zip(
                    scores, (eyes_low, mouth_low, pose_low), (eyes_width, mouth_width, pose_width), strict=True
                ):
                    assert low <= score < low + width


def test_unknown_words_are_an_error() -> None:
    with pytest.raises(KeyError):
        draw_scores("아주 작게", "보통", "없음", random.Random(1))


@pytest.mark.parametrize(
    ("engine", "weights"),
    [
        ("v7", (-1.0, -2.0, -3.0)),
        ("v8", (-1.0, -2.0, -3.0)),
        ("mini", (-1.0, -2.0, -3.0)),
        ("v9", (1.0, -2.0, -3.0)),
        ("v1", (1.0, 2.0, 3.0)),
    ],
)
def test_signs(engine: str, weights: tuple[float, float, float]) -> None:
    assert weights_of(engine, (1.0, 2.0, 3.0)) == weights


@pytest.mark.parametrize("score", [float("nan"), float("inf"), float("-inf")])
def test_weights_must_be_finite(score: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        weights_of("v8", (0.0, score, 0.0))


@pytest.mark.parametrize(
    ("shown", "scores"),
    [
        ("영화와!", (-1.2, 0.6, -1.2)),
        ("와! 대단해", (1.6, 1.0, -1.2)),
        ("정말? 와우", (1.6, 0.7, -1.2)),
        ("있잖아!", (-1.2, 0.6, -1.2)),
        ("(아!) 그렇구나", (0.8, 0.8, -1.2)),
        ("오! 미안해, 그건 없어.", (1.6, 1.0, 2.4)),
    ],
)
def test_interjections_count_at_word_starts(shown: str, scores: tuple[float, float, float]) -> None:
    assert keyword_scores(shown) == pytest.approx(scores)
