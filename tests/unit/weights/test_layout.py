"""The layout's facts: they agree with each other, with the engine, and with the conformance data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from engine.face.generator_config import V1, V7, V8, V9
from engine.face.gradient_network import GradientNetwork
from engine.face.loading import PUBLISHED_ENGINES
from engine.face.stylegan import Generator
from engine.hair.loading import PUBLISHED_STEM
from engine.hair.segmentation import PUBLISHED, HairSegmentation
from engine.profile_types import Profile
from engine.profiles import OHLORA_V1, OHLORA_V4
from weights.errors import WeightsError
from weights.layout import converted_name, profile_selection, published_layout, select
from weights.tensors import table_digest

LAYOUT = published_layout()


def test_every_version_is_listed_and_the_ethics_encoder_has_two_homes_in_order() -> None:
    assert {model.version for model in LAYOUT.models.values()} == {"v1", "v2", "v3", "v3.1", "v4", "base"}
    homes = LAYOUT.models["v4/ethics-encoder"].homes
    assert [(home.repo, home.folder) for home in homes] == [
        ("daebakgazua/250624_OhLoRA_LLM_SBERT_Ethics", ""),
        ("daebakgazua/250624_OhLoRA_LLM_output_message", "ethics_sbert/trained_sbert_model"),
    ]
    assert len(LAYOUT.data_sets) == 3


def test_no_pickle_of_training_arguments_is_ever_fetched() -> None:
    files = {file for model in LAYOUT.models.values() for file in (*model.needed_files, *model.optional_files)}
    assert not {file for file in files if file.endswith(".bin") or file.startswith("eval/")}


@pytest.mark.parametrize("profile", [OHLORA_V4, OHLORA_V1], ids=lambda profile: profile.name)
def test_what_a_profile_opens_is_what_its_selection_brings(profile: Profile) -> None:
    models = profile_selection(profile.name).models
    folders = {model.local_folder for model in models}
    opened = [base.folders for base in profile.bases.values()]
    opened += [adapter.folders for adapter in profile.adapters.values()] + list(profile.encoders.values())
    for places in opened:
        assert folders & set(places)
    files = {model.local_path(file) for model in models for file in model.needed_files}
    assert f"{profile.hair_folder}/{PUBLISHED_STEM}.safetensors" in files
    brought = {table.engine for table in profile_selection(profile.name).vectors}
    for place in profile.faces:
        all_faces = files | {
            model.local_path(file) for model in LAYOUT.face_engines["v9"] for file in model.needed_files
        }
        assert f"{place.folder}/{PUBLISHED_ENGINES[place.engine].generator_stem}.safetensors" in all_faces
        assert place.engine in brought | {"v9"}  # v9 comes with `--with v3.1`
    assert profile.faces[0].engine in brought


@pytest.mark.parametrize("engine", ["v1", "v7", "v8", "v9"])
def test_faces_lie_where_the_engine_looks(engine: str) -> None:
    published = PUBLISHED_ENGINES[engine]  # type: ignore[index]
    table = LAYOUT.vectors[engine]
    assert {table.published_folder, table.local_folder} == set(published.vector_folders)
    stems = {published.generator_stem, published.eyes_stem} - {None}
    assert {Path(file).stem for model in LAYOUT.face_engines[engine] for file in model.needed_files} == stems


def test_tables_of_tensors_are_those_of_the_engine() -> None:
    with torch.device("meta"):
        nets: dict[str, nn.Module] = {
            "v1/face": Generator(V1),
            "v4/face-v7": Generator(V7),
            "v4/face-v8": Generator(V8),
            "v3.1/face-v9": Generator(V9),
        }
    nets["v3.1/eyes-gradient"], nets["v4/hair"] = GradientNetwork(V9.edit_dim), HairSegmentation(PUBLISHED)
    for name, net in nets.items():
        shapes = {key: tuple(value.shape) for key, value in net.state_dict().items()}
        table = LAYOUT.models[name].tensors
        assert table is not None
        assert (len(shapes), table_digest(shapes)) == (table.entries, table.digest), name


def test_names_are_chosen() -> None:
    assert [model.model_id for model in select("ohlora-v1", only=("v4/hair",)).models] == ["v4/hair"]
    beside = select("ohlora-v4", beside=("v3.1",))
    assert {"v3.1/face-v9", "v3.1/eyes-gradient", "v4/face-v8"} <= {model.model_id for model in beside.models}
    assert [table.engine for table in beside.vectors] == ["v8", "v7", "v9"]
    assert [table.engine for table in select("mini", only=("vectors/v9",)).vectors] == ["v9"]
    assert select("mini") == profile_selection("mini")
    assert converted_name("gender_model_0.pt") == "gender_model_0.safetensors"
    assert converted_name("tokenizer.json") == "tokenizer.json"


@pytest.mark.parametrize(
    ("profile", "beside", "told"),
    [
        ("ohlora-v5", (), "no profile 'ohlora-v5'; choose one of mini, ohlora-v4, ohlora-v1"),
        ("ohlora-v4", ("v9",), None),
        ("ohlora-v4", ("v4/nose",), "no model, version or set of vectors is called 'v4/nose'"),
        ("ohlora-v4", ("v3",), r"v4/ethics-encoder and v3/ethics-encoder both belong in"),
    ],
)
def test_wrong_names_are_told(profile: str, beside: tuple[str, ...], told: str | None) -> None:
    if told is None:
        assert select(profile, beside).vectors[-1].engine == "v9"
        return
    with pytest.raises(WeightsError, match=told):
        select(profile, beside)


def test_the_layout_agrees_with_the_conformance_data(reference_dir: Path) -> None:
    published = json.loads((reference_dir / "weights_layout.json").read_text(encoding="utf-8"))
    ours = {(model.version, home.repo) for model in LAYOUT.models.values() for home in model.homes}
    for row in published["models"]:
        for repo in (row["hf_repo"], *row.get("also_published_in", ())):
            assert repo is None or (row["version"], repo) in ours
        places = {model.local_folder for model in LAYOUT.models.values() if model.version == row["version"]}
        assert row["local_dir"] in places
    assert len([model for model in LAYOUT.models.values() if model.kind != "base"]) == len(published["models"])
    assert [row.repo for row in LAYOUT.data_sets] == [row["hf_dataset"] for row in published["datasets"]]
    manifests = {row["files"][0]: row.get("state_dict_manifest") for row in published["models"]}
    for model in LAYOUT.models.values():
        if model.kind == "tensors":
            name = manifests[model.needed_files[0].replace("_0.pt", "_{0..4}.pt")]
            entries = json.loads((reference_dir / "state_dicts" / name).read_text(encoding="utf-8"))["entries"]
            assert model.tensors is not None
            assert model.tensors.digest == table_digest({key: shape for key, shape, _ in entries})


def test_the_vectors_agree_with_the_conformance_data(reference_dir: Path) -> None:
    rows = json.loads((reference_dir / "vectors" / "MANIFEST.json").read_text(encoding="utf-8"))
    wanted = {(row["origin"], row["bytes"], row["sha256"]) for row in rows}
    ours = {
        (f"{LAYOUT.version_folders[table.version]}/{table.published_folder}/{file.name}", file.size, file.sha256)
        for table in LAYOUT.vectors.values()
        for file in table.files
    }
    assert ours == wanted
