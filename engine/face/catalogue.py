"""The faces that can be chosen: what is known of each, without its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.face.expression import FaceEngine, Triple

DEFAULT_FACES: Mapping[FaceEngine, str] = {"v1": "v1:21", "v7": "v7:127", "v8": "v8:83", "v9": "v9:39"}


@dataclass(frozen=True, slots=True)
class FaceEntry:
    """One face. Correlations are of (eyes, mouth, pose) weights with scores over the 50 test pictures, as published.

    `group` has a letter for each property of `group_letters` (h: at or above the median, l: below) and chooses the
    change vectors; `row` is the face's row in the table of z vectors.
    """

    face_id: str
    engine: FaceEngine
    number: int
    group: str
    row: int
    selection: Triple | None = None
    retest: Triple | None = None
    passed_retest: bool | None = None


def face_id_of(engine: FaceEngine, number: int) -> str:
    """Return the id under which people choose a face, such as `v8:83`."""
    return f"{engine}:{number}"


@lru_cache(maxsize=1)
def published_faces() -> Mapping[FaceEngine, tuple[FaceEntry, ...]]:
    """Return the published faces of every engine, in the order of their tables."""
    table = json.loads((files("weights") / "faces.json").read_text(encoding="utf-8"))
    return {engine: parse_faces(engine, section["faces"]) for engine, section in table["engines"].items()}


@lru_cache(maxsize=1)
def group_medians() -> Mapping[FaceEngine, Mapping[str, float]]:
    """Return, for every published engine, the medians that divide faces into groups, in the order of group letters."""
    table = json.loads((files("weights") / "faces.json").read_text(encoding="utf-8"))
    return {engine: section["medians"] for engine, section in table["engines"].items()}


def mini_faces(folder: Path) -> tuple[FaceEntry, ...]:
    """Read the embedded faces, `faces.json` in the folder of the `mini` generator.

    Raises:
        EngineError: the file is missing or not understood.
    """
    path = folder / "faces.json"
    try:
        return parse_faces("mini", json.loads(path.read_text(encoding="utf-8"))["faces"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"{path} does not list faces ({type(error).__name__}); restore the file") from error


def parse_faces(engine: FaceEngine, rows: list[dict[str, Any]]) -> tuple[FaceEntry, ...]:
    """Turn the rows of a `faces.json` into entries."""
    return tuple(
        FaceEntry(
            face_id=face_id_of(engine, row["number"]),
            engine=engine,
            number=row["number"],
            group=row["group"],
            row=index,
            selection=_triple(row.get("selection")),
            retest=_triple(row.get("retest")),
            passed_retest=row.get("passed_retest"),
        )
        for index, row in enumerate(rows)
    )


def _triple(values: list[float] | None) -> Triple | None:
    if values is None:
        return None
    eyes, mouth, pose = values
    return (eyes, mouth, pose)


def engine_of(face_id: str) -> FaceEngine:
    """Return the engine that draws a face.

    Raises:
        EngineError: the id is not made of an engine and a number.
    """
    engine, _, number = face_id.partition(":")
    if engine not in ("v1", "v7", "v8", "v9", "mini") or not number.isdigit():
        raise EngineError(f"{face_id!r} is no face; an id looks like v8:83, see `face list`")
    return engine  # type: ignore[return-value]
