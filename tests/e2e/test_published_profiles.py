"""`say` with the published profiles, on folders laid out as published and filled with tiny or fake weights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import open_app
from bot.cli.cli_adapter import CliAdapter
from bot.cli.engine_loading import load_engine
from bot.cli.say import Speaker, say
from bot.settings import Settings
from tests.unit.engine.llm.tiny import PEFT_WARNING
from tests.unit.engine.published_tree import write_face, write_hair, write_texts

pytestmark = pytest.mark.filterwarnings(PEFT_WARNING)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("published")
    write_texts(root)
    write_hair(root)
    for engine in ("v8", "v7", "v9"):
        write_face(root, engine, "stylegan/models")  # type: ignore[arg-type]
    write_face(root, "v1", "stylegan_and_segmentation/stylegan_modified")
    return root


@pytest.mark.parametrize(
    ("profile", "faces"),
    [("ohlora-v4", (None, "v8:83", "v7:127", "v9:39")), ("ohlora-v1", (None, "v9:39"))],
)
async def test_a_turn_runs_end_to_end_with_every_face_engine(
    published: Path, tmp_path: Path, profile: str, faces: Sequence[str | None]
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, profile=profile, weights_dir=published, device="cpu")  # type: ignore[call-arg]
    default = {"ohlora-v4": "v8:83", "ohlora-v1": "v1:21"}[profile]
    at = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    async with open_app(settings, load_engine, lambda _: (CliAdapter(),)) as app:
        for number, face in enumerate(faces):
            speaker = Speaker(f"user{number}", None, "general", at, 7, face, tmp_path / "out")
            said = await say(app, speaker, "안녕 뭐해")
            assert said["notice"] is None, said
            assert said["answer"]
            assert said["face"] == (face or default)
            assert set(said["verdict"]) == {"love", "normal", "politics", "paedrip", "hate"}
            assert Path(said["image"]).read_bytes().startswith(b"\x89PNG")
            assert {"judge", "recall", "answer", "expression", "face"} <= said["timings_ms"].keys()
