"""A weights folder laid out as published: tiny random language models and encoders, full-size fake faces."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import torch

from engine.face.catalogue import published_faces
from engine.face.expression import FaceEngine
from engine.face.gradient_network import GradientNetwork
from engine.face.loading import PUBLISHED_ENGINES
from engine.face.stylegan import Generator
from engine.fake_weights import fill_with_fakes
from engine.hair.segmentation import HairSegmentation
from tests.unit.engine.llm.tiny import POLYGLOT_TARGETS, save_adapter, save_base, tiny_llama, tiny_neox
from tests.unit.engine.sbert.published_folder import write_folder


def write_texts(root: Path) -> None:
    """The adapter and encoder sets of v4 and v1; every adapter has the author's broken base path."""
    models = root / "llm" / "models"
    save_base(tiny_neox(), models / "polyglot_original")
    save_base(tiny_llama(1), models / "kanana_original")
    save_base(tiny_llama(2), models / "kananai_original")
    save_adapter(tiny_llama(2), models / "kananai_output_message_fine_tuned", seed=1, rank=4)
    save_adapter(tiny_llama(1), models / "kanana_summary_fine_tuned", seed=2, rank=8)
    for seed, name in ((3, "memory"), (4, "eyes_mouth_pose")):
        save_adapter(tiny_neox(), models / f"polyglot_{name}_fine_tuned", seed=seed, targets=POLYGLOT_TARGETS)
    save_adapter(tiny_neox(), models / "polyglot_fine_tuned", seed=5, targets=POLYGLOT_TARGETS)
    (models / "polyglot_fine_tuned" / ".gitarrtibutes").write_text("extra files are not looked at")
    (models / "polyglot_fine_tuned" / "training_args.bin").write_bytes(b"never opened")
    for seed, name in enumerate(("memory", "ethics")):
        write_folder(models / f"{name}_sbert" / "trained_sbert_model", seed=seed)


def write_hair(root: Path) -> None:
    net = HairSegmentation()
    fill_with_fakes(net)
    _save(net, root / "segmentation" / "models" / "segmentation_model_ohlora_v4.pth")


def write_face(root: Path, engine: FaceEngine, folder: str) -> None:
    """A generator as .pth with its tables."""
    layout = PUBLISHED_ENGINES[engine]
    generator = Generator(layout.config)
    fill_with_fakes(generator)
    _save(generator, root / folder / f"{layout.generator_stem}.pth")
    if layout.eyes_stem:
        eyes = GradientNetwork(layout.config.edit_dim)
        fill_with_fakes(eyes)
        _save(eyes, root / folder / f"{layout.eyes_stem}.pth")
    _write_tables(root / layout.vector_folders[0], engine)


def _save(module: torch.nn.Module, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(module.state_dict(), path)


def _write_tables(folder: Path, engine: FaceEngine) -> None:
    faces, config = published_faces()[engine], PUBLISHED_ENGINES[engine].config
    rng = np.random.default_rng(1)
    if engine == "v1":
        _table(folder / "final_ohlora_z_vector.csv", rng.standard_normal((len(faces), config.z_dim)))
        return
    mixed = " (mixed)" if engine == "v9" else ""
    space = "mapping_split1" if engine == "v9" else "w"
    column = "svm_group_name" if engine == "v9" else "group_name"
    _table(folder / f"ohlora_z_vectors{mixed}.csv", rng.standard_normal((len(faces), config.z_dim + config.label_dim)))
    with (folder / f"ohlora_{space}_group_names{mixed}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["case", column], *([face.number, face.group] for face in faces)])
    for name in ("mouth", "pose") if engine == "v9" else ("eyes", "mouth", "pose"):
        for group in sorted({face.group for face in faces}):
            vector = rng.standard_normal((1, config.edit_dim))
            path = folder / "property_score_vectors" / f"{name}_change_{space}_vector_{group}.csv"
            _table(path, np.concatenate([[[0]], vector / np.linalg.norm(vector)], axis=1))


def _table(path: Path, rows: np.ndarray) -> None:  # type: ignore[type-arg]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([[f"c{i}" for i in range(rows.shape[1])], *rows.tolist()])
