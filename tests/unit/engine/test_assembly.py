"""Whole profiles, from folders laid out as published to a picture."""

from __future__ import annotations

import asyncio
import io
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image

from engine.assembly import LoadedProfile, choose_device, load_engine
from engine.errors import EngineError
from engine.turn_types import Answered, FaceChoice, MemoryEntry, Ombre, Turn
from tests.unit.engine.llm.tiny import PEFT_WARNING

pytestmark = pytest.mark.filterwarnings(PEFT_WARNING)
NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
DYE = Ombre(0.6, 0.5, 0.5)


@pytest.fixture
async def v4(published_weights: Path) -> AsyncIterator[LoadedProfile]:
    loaded = await load_engine("ohlora-v4", published_weights, device="cpu")
    yield loaded
    await loaded.close()


def a_turn(number: int, face: FaceChoice | None = None) -> Turn:
    memories = (MemoryEntry(1, "내일 일정", "친구랑 카페", date(2026, 1, 5), date(2026, 1, 6)),)
    return Turn(f"t{number}", "안녕 뭐해", NOW, seed=number, memories=memories, face=face or FaceChoice(ombre=DYE))


async def whole(loaded: LoadedProfile, turn: Turn) -> tuple[Answered, bytes, str]:
    answered = await loaded.engine.answer(turn)
    assert answered.outcome == "answered", answered
    assert answered.show is not None
    shown = await loaded.engine.show(answered.show)
    return answered, shown.face.data, shown.face.face_id


async def test_v4_answers_many_at_once(v4: LoadedProfile) -> None:
    assert v4.face_ids[0] == "v8:83"
    assert any(face_id.startswith("v9:") for face_id in v4.face_ids)
    together = await asyncio.gather(*(whole(v4, a_turn(number)) for number in range(3)))
    answered, data, face_id = together[0]
    assert face_id == "v8:83"
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.size) == ("PNG", (256, 256))
    assert answered.embeddings.keys() == {1}
    assert set(answered.verdict.scores) == {"love", "normal", "politics", "paedrip", "hate"}


@pytest.mark.parametrize("engine", ["v7", "v9"])
async def test_v4_shows_a_face_of_another_engine(v4: LoadedProfile, engine: str) -> None:
    face_id = next(face_id for face_id in v4.face_ids if face_id.startswith(f"{engine}:"))
    _, data, shown_id = await whole(v4, a_turn(1, FaceChoice(face_id, DYE)))
    assert shown_id == face_id
    assert data.startswith(b"\x89PNG")
    assert (await v4.preview(face_id, DYE)).face_id == face_id


async def test_v4_falls_back_for_a_face_that_is_not_here(v4: LoadedProfile) -> None:
    assert not any(face_id.startswith("v1:") for face_id in v4.face_ids), "v1 belongs to another profile"
    assert (await whole(v4, a_turn(1, FaceChoice("v1:21", DYE))))[2] == "v8:83"
    with pytest.raises(EngineError, match="face list"):
        await v4.preview("v1:21", DYE)


async def test_v4_without_v7_offers_the_others(published_weights: Path, tmp_path: Path) -> None:
    shutil.copytree(published_weights, tmp_path / "w")
    (tmp_path / "w/stylegan/models/stylegan_gen_vector_find_v7.pth").unlink()
    loaded = await load_engine("ohlora-v4", tmp_path / "w", device="cpu")
    try:
        assert {face_id.split(":")[0] for face_id in loaded.face_ids} == {"v8", "v9"}
    finally:
        await loaded.close()


async def test_v1_runs_on_its_one_model(published_weights: Path) -> None:
    loaded = await load_engine("ohlora-v1", published_weights, device="cpu")
    try:
        answered, data, face_id = await whole(loaded, a_turn(4))
        assert face_id.startswith("v1:")
        assert data.startswith(b"\x89PNG")
        assert answered.answer
    finally:
        await loaded.close()


async def test_what_is_wrong_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no profile 'v5'"):
        await load_engine("v5", tmp_path)
    with pytest.raises(EngineError, match="weights pull --profile ohlora-v4"):
        await load_engine("ohlora-v4", tmp_path, device="cpu")
    for name in ("tpu", "mps", "cuda:99"):
        with pytest.raises(EngineError, match="device"):
            choose_device(name)


async def test_a_closed_engine_says_so(published_weights: Path) -> None:
    loaded = await load_engine("ohlora-v1", published_weights, device="cpu")
    await loaded.close()
    with pytest.raises(EngineError, match="stopping"):
        await loaded.engine.answer(a_turn(1))
