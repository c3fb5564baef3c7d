"""What is published where: models, vectors, data sets; the facts are in `layout.json` and `vectors.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from weights.errors import WeightsError

ModelKind = Literal["tensors", "adapter", "encoder", "base"]
CHECKPOINT_SUFFIXES = (".pth", ".pt")
EMBEDDED_PROFILE = "mini"


@dataclass(frozen=True, slots=True)
class Home:
    """A place on the model hub: a repository and a folder in it ("" for its root)."""

    repo: str
    folder: str


@dataclass(frozen=True, slots=True)
class TensorTable:
    """Which tensors a checkpoint holds: their number, and the digest of `key:shape` lines (see `weights.tensors`)."""

    entries: int
    digest: str


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """One published model; folders are relative to a weights folder, or to the folder of its version."""

    model_id: str
    kind: ModelKind
    role: str
    needed: bool
    homes: tuple[Home, ...]  # in the order in which they are tried
    local_folder: str
    needed_files: tuple[str, ...]  # names at home; a base has weight files besides, which its home tells
    optional_files: tuple[str, ...]
    base: str | None = None
    tensors: TensorTable | None = None

    @property
    def version(self) -> str:
        """The published version that it belongs to, or `base`."""
        return self.model_id.partition("/")[0]

    def local_path(self, file: str) -> str:
        """Return where a file of this model lies below the weights folder, after conversion."""
        return f"{self.local_folder}/{converted_name(file)}"


@dataclass(frozen=True, slots=True)
class VectorFile:
    """A public table: its name in the set, size in bytes and SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class VectorSet:
    """The tables of a face engine."""

    engine: str
    version: str
    published_folder: str  # below the folder of its version
    local_folder: str
    files: tuple[VectorFile, ...]


@dataclass(frozen=True, slots=True)
class DataSet:
    """A published data set; none is needed to run."""

    version: str
    role: str
    repo: str
    count: int
    files: str
    local_folder: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Models and vectors that belong together in one weights folder."""

    models: tuple[PublishedModel, ...]
    vectors: tuple[VectorSet, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that is known of the published weights."""

    models: Mapping[str, PublishedModel]
    vectors: Mapping[str, VectorSet]
    data_sets: tuple[DataSet, ...]
    version_folders: Mapping[str, str]
    profiles: Mapping[str, Selection]
    face_engines: Mapping[str, tuple[PublishedModel, ...]]
    vector_bases: tuple[str, ...]  # addresses of the public repository's files at its commit
    vector_commit: str


def converted_name(file: str) -> str:
    """Return the name of a file after conversion: checkpoints become safetensors, the rest keep their names."""
    for suffix in CHECKPOINT_SUFFIXES:
        if file.endswith(suffix):
            return file.removesuffix(suffix) + ".safetensors"
    return file


@lru_cache(maxsize=1)
def published_layout() -> Layout:
    """Read the layout."""
    facts = json.loads((files("weights") / "layout.json").read_text(encoding="utf-8"))
    tables = json.loads((files("weights") / "vectors.json").read_text(encoding="utf-8"))
    models = {row["id"]: _model(row, facts["kinds"]) for row in facts["models"]}
    vectors = {engine: _vector_set(engine, row) for engine, row in tables["sets"].items()}
    return Layout(
        models=models,
        vectors=vectors,
        data_sets=tuple(DataSet(**row) for row in facts["data_sets"]),
        version_folders=facts["version_folders"],
        profiles={
            name: Selection(tuple(models[key] for key in row["models"]), tuple(vectors[key] for key in row["vectors"]))
            for name, row in facts["profiles"].items()
        },
        face_engines={name: tuple(models[key] for key in keys) for name, keys in facts["face_engines"].items()},
        vector_bases=tuple(base.format(commit=tables["commit"]) for base in tables["bases"]),
        vector_commit=tables["commit"],
    )


def _model(row: Mapping[str, Any], kinds: Mapping[str, Mapping[str, list[str]]]) -> PublishedModel:
    parts = kinds.get(row["kind"], {"needed": row.get("files", []), "optional": []})
    return PublishedModel(
        model_id=row["id"],
        kind=row["kind"],
        role=row["role"],
        needed=row["needed"],
        homes=tuple(Home(**home) for home in row["homes"]),
        local_folder=row["local_folder"],
        needed_files=tuple(parts["needed"]),
        optional_files=tuple(parts["optional"]),
        base=row.get("base"),
        tensors=TensorTable(**row["tensors"]) if "tensors" in row else None,
    )


def _vector_set(engine: str, row: Mapping[str, Any]) -> VectorSet:
    tables = tuple(VectorFile(name, size, sha256) for name, size, sha256 in row["files"])
    return VectorSet(engine, row["version"], row["published_folder"], row["local_folder"], tables)


def profile_selection(profile: str) -> Selection:
    """Return what a profile needs; the embedded profile needs nothing that is published.

    Raises:
        WeightsError: there is no such profile.
    """
    if profile == EMBEDDED_PROFILE:
        return Selection((), ())
    known = published_layout().profiles
    if profile not in known:
        raise WeightsError(f"no profile {profile!r}; choose one of {', '.join((EMBEDDED_PROFILE, *known))}")
    return known[profile]


def select(profile: str, beside: Iterable[str] = (), only: Iterable[str] = ()) -> Selection:
    """Choose what to fetch: all that a profile needs and the names `beside` it, or the names in `only` alone.

    A name is a model's id (`v3.1/face-v9`), a version (`v3.1`: what it needs, and its vectors) or a set of vectors
    (`vectors/v9`).

    Raises:
        WeightsError: an unknown name, or two models that belong at the same place.
    """
    start = Selection((), ()) if only else profile_selection(profile)
    models, vectors = list(start.models), list(start.vectors)
    for name in (*only, *beside):
        found = _named(name)
        models += [model for model in found.models if model not in models]
        vectors += [table for table in found.vectors if table not in vectors]
    owners: dict[str, PublishedModel] = {}
    for model in models:
        for file in model.needed_files:
            other = owners.setdefault(model.local_path(file), model)
            if other is not model:
                raise WeightsError(
                    f"{other.model_id} and {model.model_id} both belong in {model.local_folder}; "
                    "pull one of them with --only into a weights folder of its own (OHLORA_WEIGHTS_DIR)"
                )
    return Selection(tuple(models), tuple(vectors))


def _named(name: str) -> Selection:
    layout = published_layout()
    if name in layout.models:
        return Selection((layout.models[name],), ())
    if name in layout.version_folders:
        models = tuple(model for model in layout.models.values() if model.version == name and model.needed)
        return Selection(models, tuple(table for table in layout.vectors.values() if table.version == name))
    table = layout.vectors.get(name.removeprefix("vectors/"))
    if table is not None:
        return Selection((), (table,))
    raise WeightsError(f"no model, version or set of vectors is called {name!r}; see `weights list`")
