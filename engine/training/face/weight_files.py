"""Writing the embedded face and hair weights (layout: docs/weights-format.md)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.face.mini_property_cnn import MiniPropertyCNN
from engine.face.stylegan import Generator
from engine.hair.segmentation import HairSegmentation
from engine.training.face.change_vectors import GROUP_SCORES, PROPERTIES, ChangeVectors
from engine.training.face.face_choice import ChosenFace, group_name
from engine.training.face.latents import PROPERTIES as PROPERTY_NAMES


def write_generator(folder: Path, generator: Generator) -> list[Path]:
    """Write `generator.safetensors` and `config.json`."""
    settings = dataclasses.asdict(generator.config)
    return [
        _write_tensors(folder / "generator.safetensors", _halved(generator)),
        _write_json(folder / "config.json", {"format": 1, "generator": settings}),
    ]


def write_faces(folder: Path, faces: Sequence[ChosenFace], changes: ChangeVectors) -> list[Path]:
    """Write `vectors.safetensors` and `faces.json`."""
    tensors = {"z": torch.from_numpy(np.stack([face.z for face in faces])).float()}
    for group, vectors in enumerate(changes.vectors):
        for column in range(PROPERTIES):
            name = f"{PROPERTY_NAMES[column]}.{group_name(group)}"
            tensors[name] = torch.from_numpy(vectors[column]).float().contiguous()
    rows = [
        {
            "number": number,
            "group": group_name(face.group),
            "selection": [round(value, 4) for value in face.correlations],
        }
        for number, face in enumerate(faces, start=1)
    ]
    medians = {name: round(value, 4) for name, value in changes.medians.items()}
    table = {"format": 1, "group_letters": list(GROUP_SCORES), "medians": medians, "faces": rows}
    return [
        _write_tensors(folder / "vectors.safetensors", tensors),
        _write_json(folder / "faces.json", table),
    ]


def write_property_cnn(folder: Path, network: MiniPropertyCNN) -> list[Path]:
    """Write `property.safetensors`, the network that the image test scores pictures with."""
    return [_write_tensors(folder / "property.safetensors", _halved(network))]


def write_hair_net(folder: Path, network: HairSegmentation) -> list[Path]:
    """Write `segmentation.safetensors` and `config.json`."""
    return [
        _write_tensors(folder / "segmentation.safetensors", _halved(network)),
        _write_json(folder / "config.json", {"format": 1, "layout": "mini", "input_px": 256}),
    ]


def _halved(module: nn.Module) -> dict[str, Tensor]:
    """Give a module's state as float16; whole numbers stay as they are."""
    state = {name: tensor.detach() for name, tensor in module.state_dict().items()}
    return {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous() for name, tensor in state.items()
    }


def _write_tensors(path: Path, tensors: dict[str, Tensor]) -> Path:
    """Write beside and move, so that a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    save_file(tensors, beside)
    beside.chmod(0o644)  # the library makes it private
    return beside.rename(path)


def _write_json(path: Path, content: dict[str, object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return beside.rename(path)
