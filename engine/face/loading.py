"""Load a face engine and the hair net from folders."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch

from engine.errors import EngineError
from engine.face.catalogue import mini_faces, published_faces
from engine.face.expression import FaceEngine
from engine.face.face_model import FaceModel
from engine.face.face_vectors import read_mini_vectors, read_published_vectors
from engine.face.generator_config import V1, V7, V8, V9, GeneratorConfig
from engine.face.gradient_network import GradientNetwork
from engine.face.stylegan import Generator
from engine.tensor_files import find_tensor_file, load_weights


@dataclass(frozen=True, slots=True)
class PublishedEngine:
    """What a published face engine is loaded from: file names without suffix, and where its tables may lie."""

    config: GeneratorConfig
    generator_stem: str
    vector_folders: tuple[str, ...]  # below the weights folder
    eyes_stem: str | None = None


PUBLISHED_ENGINES: Mapping[FaceEngine, PublishedEngine] = {
    "v1": PublishedEngine(V1, "stylegan_gen_fine_tuned_v3_ckpt_0005_gen", ("final_product", "vectors/v1")),
    "v7": PublishedEngine(V7, "stylegan_gen_vector_find_v7", ("stylegan/stylegan_vectorfind_v7", "vectors/v7")),
    "v8": PublishedEngine(V8, "stylegan_gen_vector_find_v8", ("stylegan/stylegan_vectorfind_v8", "vectors/v8")),
    "v9": PublishedEngine(
        V9,
        "stylegan_gen_vector_find_v9",
        ("stylegan/stylegan_vectorfind_v9", "vectors/v9_mixed"),
        eyes_stem="stylegan_gen_vector_find_v9_nn_eyes",
    ),
}


def find_vectors_folder(engine: FaceEngine, weights_dir: Path) -> Path:
    """Return the folder of an engine's published tables.

    Raises:
        EngineError: none of the folders where they may lie is there.
    """
    places = [weights_dir / folder for folder in PUBLISHED_ENGINES[engine].vector_folders]
    for place in places:
        if place.is_dir():
            return place
    raise EngineError(f"the vectors of {engine} are not in {places[0]}; run `weights pull`")


def load_published_face(
    engine: FaceEngine, generator_folder: Path, vectors_folder: Path, device: torch.device | None = None
) -> FaceModel:
    """Load v1, v7, v8 or v9.

    Raises:
        EngineError: a file is missing, broken, hostile or of another model; the message says what to do.
    """
    layout, faces = PUBLISHED_ENGINES[engine], published_faces()[engine]
    vectors = read_published_vectors(engine, vectors_folder, faces, layout.config)
    generator = Generator(layout.config)
    load_weights(generator, find_tensor_file(generator_folder, layout.generator_stem))
    eyes_network = None
    if layout.eyes_stem is not None:
        eyes_network = GradientNetwork(layout.config.edit_dim)
        load_weights(eyes_network, find_tensor_file(generator_folder, layout.eyes_stem))
    return FaceModel(engine, generator, faces, vectors, eyes_network, device)


def load_mini_face(folder: Path, device: torch.device | None = None) -> FaceModel:
    """Load the embedded generator and its faces (layout: docs/weights-format.md).

    Raises:
        EngineError: a file is missing, broken or of another model.
    """
    config = generator_config(folder / "config.json")
    faces = mini_faces(folder)
    generator = Generator(config)
    load_weights(generator, folder / "generator.safetensors")
    return FaceModel("mini", generator, faces, read_mini_vectors(folder, faces, config), device=device)


def load_face_model(
    engine: FaceEngine, weights_dir: Path, face_folder: str, device: torch.device | None = None
) -> FaceModel:
    """Load any engine from the weights folder of its profile.

    Raises:
        EngineError: as `load_published_face` and `load_mini_face`.
    """
    folder = weights_dir / face_folder
    if engine == "mini":
        return load_mini_face(folder, device)
    return load_published_face(engine, folder, find_vectors_folder(engine, weights_dir), device)


def generator_config(path: Path) -> GeneratorConfig:
    """Read the sizes of a generator from the `config.json` beside it.

    Raises:
        EngineError: the file is missing or not understood.
    """
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["generator"]
        known = {field.name for field in fields(GeneratorConfig)}
        if unknown := values.keys() - known:
            raise ValueError(f"unknown {sorted(unknown)[0]}")
        return GeneratorConfig(**{**values, "channels": tuple(values["channels"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"{path} does not describe a generator ({error}); restore the file") from error
