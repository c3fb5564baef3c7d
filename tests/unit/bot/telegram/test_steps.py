from pathlib import Path

import pytest

from bot.chat import Author, OutgoingMessage, PartKind, Picture, Place
from bot.telegram.steps import PictureStep, TextStep, steps_of

FACE = Picture(Path("face.png"), "image/png", "오로라", 256, 256)


def message(kind: PartKind, text: str, picture: Picture | None) -> OutgoingMessage:
    place = Place("telegram", "11", "direct", "11")
    return OutgoingMessage(1, kind, place, Author("telegram", "11"), text, picture, "n", {}, True)


@pytest.mark.parametrize(
    ("kind", "text", "picture", "steps"),
    [
        ("reply", "가" * 1024, FACE, (PictureStep(FACE, "가" * 1024),)),
        ("reply", "가" * 1025, FACE, (TextStep("가" * 1025), PictureStep(FACE))),
        ("reply", "🌈" * 512, FACE, (PictureStep(FACE, "🌈" * 512),)),
        ("reply", "🌈" * 513, FACE, (TextStep("🌈" * 513), PictureStep(FACE))),
        ("reply", "", FACE, (PictureStep(FACE),)),
        ("reply", "안녕", None, (TextStep("안녕"),)),
        ("text", "안녕", FACE, (TextStep("안녕"),)),
        ("face", "안녕", FACE, (PictureStep(FACE),)),
        ("notice", "알림", None, (TextStep("알림"),)),
        ("notice", " ", None, ()),
    ],
)
def test_steps(kind: PartKind, text: str, picture: Picture | None, steps: tuple[object, ...]) -> None:
    assert steps_of(message(kind, text, picture)) == steps
