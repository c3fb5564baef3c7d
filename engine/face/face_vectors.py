"""The numbers behind each face: its z, its label slots, and the change vectors of its group."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from engine.face.catalogue import FaceEntry
from engine.face.expression import FaceEngine
from engine.face.generator_config import GeneratorConfig
from engine.tensor_files import read_tensors
from weights.lock import check_pinned

Rows = npt.NDArray[np.float64]
PropertyName = Literal["eyes", "mouth", "pose"]
PROPERTIES: tuple[PropertyName, ...] = ("eyes", "mouth", "pose")


@dataclass(frozen=True, slots=True)
class FaceVectors:
    """Vectors of an engine's faces.

    `z` is (F, z_dim) and `labels` (F, label_dim), float64, one row a face; `changes` holds unit vectors, (edit_dim,)
    float64, by property and group. v9 has none for the eyes (its eyes follow a gradient), v1 none at all.
    """

    z: Rows
    labels: Rows
    changes: Mapping[tuple[PropertyName, str], Rows]


@dataclass(frozen=True, slots=True)
class _Published:
    z_file: str
    groups_file: str
    group_column: str
    change_pattern: str
    properties: tuple[PropertyName, ...]


_PUBLISHED: Mapping[FaceEngine, _Published] = {
    engine: _Published(
        "ohlora_z_vectors.csv",
        "ohlora_w_group_names.csv",
        "group_name",
        "property_score_vectors/{property}_change_w_vector_{group}.csv",
        PROPERTIES,
    )
    for engine in ("v7", "v8")
} | {
    "v9": _Published(
        "ohlora_z_vectors (mixed).csv",
        "ohlora_mapping_split1_group_names (mixed).csv",
        "svm_group_name",
        "property_score_vectors/{property}_change_mapping_split1_vector_{group}.csv",
        ("mouth", "pose"),
    )
}
V1_FILE = "final_ohlora_z_vector.csv"


def read_published_vectors(
    engine: FaceEngine, folder: Path, faces: Sequence[FaceEntry], config: GeneratorConfig
) -> FaceVectors:
    """Read the published tables of an engine and check that they are those of the catalogue.

    Raises:
        EngineError: a table is missing, has another size, or names other groups.
    """
    if engine == "v1":
        z = _read_table(folder / V1_FILE, index_column=False, width=config.z_dim, rows=len(faces))
        return FaceVectors(z, np.zeros((len(faces), config.label_dim)), {})
    layout = _PUBLISHED[engine]
    width = config.z_dim + config.label_dim
    table = _read_table(folder / layout.z_file, index_column=False, width=width, rows=len(faces))
    groups = _read_column(folder / layout.groups_file, layout.group_column)
    if groups != [face.group for face in faces]:
        raise EngineError(
            f"{folder / layout.groups_file} names other groups than the catalogue; pull the vectors again"
        )
    changes: dict[tuple[PropertyName, str], Rows] = {}
    for name in layout.properties:
        for group in sorted(set(groups)):
            path = folder / layout.change_pattern.format(property=name, group=group)
            changes[name, group] = _read_table(path, index_column=True, width=config.edit_dim, rows=1)[0]
    return FaceVectors(table[:, : config.z_dim], table[:, config.z_dim :], changes)


def read_mini_vectors(folder: Path, faces: Sequence[FaceEntry], config: GeneratorConfig) -> FaceVectors:
    """Read `vectors.safetensors` beside the `mini` generator (layout: docs/weights-format.md).

    Raises:
        EngineError: a tensor is missing or has another shape.
    """
    path = folder / "vectors.safetensors"
    tensors = {name: tensor.double().numpy() for name, tensor in read_tensors(path).items()}
    labels = tensors.get("labels", np.zeros((len(faces), config.label_dim)))
    changes: dict[tuple[PropertyName, str], Rows] = {}
    for name in PROPERTIES:
        for group in sorted({face.group for face in faces}):
            vector = tensors.get(f"{name}.{group}")
            if vector is None or vector.shape != (config.edit_dim,):
                raise EngineError(f"{path} needs {name}.{group} with {config.edit_dim} numbers; restore the file")
            changes[name, group] = vector
    z = tensors.get("z")
    if z is None or z.shape != (len(faces), config.z_dim) or labels.shape != (len(faces), config.label_dim):
        raise EngineError(f"{path} does not fit faces.json beside it; restore both files")
    return FaceVectors(z, labels, changes)


def _read_rows(path: Path) -> list[list[str]]:
    try:
        check_pinned(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EngineError(f"{path} cannot be read ({type(error).__name__}); pull the vectors again") from error


def _read_table(path: Path, *, index_column: bool, width: int, rows: int) -> Rows:
    """Read a table of numbers below a header row."""
    lines = [line[1:] if index_column else line for line in _read_rows(path)[1:] if line]
    try:
        table = np.array(lines, dtype=np.float64)
    except ValueError as error:
        raise EngineError(f"{path} is not a table of numbers; pull the vectors again") from error
    if table.shape != (rows, width) or not np.isfinite(table).all():
        raise EngineError(f"{path} should hold {rows} x {width} numbers; pull the vectors again")
    return table


def _read_column(path: Path, name: str) -> list[str]:
    header, *lines = _read_rows(path) or [[]]
    if name not in header:
        raise EngineError(f"{path} has no column {name}; pull the vectors again")
    column = header.index(name)
    return [line[column] for line in lines if len(line) > column]
