import json
import pickle
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from engine.errors import EngineError
from engine.face.catalogue import engine_of, group_medians, published_faces
from engine.face.expression import SIGNS
from engine.face.face_model import Frame
from engine.face.loading import find_vectors_folder, load_face_model, load_mini_face
from engine.hair.loading import load_hair_net
from engine.hair.segmentation import MINI_HAIR
from engine.tensor_files import find_tensor_file, load_weights, read_tensors
from engine.turn_types import Ombre
from tests.unit.engine.face.small_models import small_hair_net, small_model

UNDYED = Ombre(None, 0.0, 0.0)


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("code ran",))


def write_mini(folder: Path) -> None:
    model = small_model("mini")
    state = model.generator.state_dict()
    save_file({name: tensor.half().contiguous() for name, tensor in state.items()}, folder / "generator.safetensors")
    vectors = {f"{name}.{group}": torch.from_numpy(vector) for (name, group), vector in model.vectors.changes.items()}
    save_file({"z": torch.from_numpy(model.vectors.z).float(), **vectors}, folder / "vectors.safetensors")
    (folder / "config.json").write_text(json.dumps({"format": 1, "generator": asdict(model.config)}))
    faces = [{"number": face.number, "group": face.group, "selection": [0.9, -0.9, 0.9]} for face in model.faces]
    (folder / "faces.json").write_text(json.dumps({"format": 1, "faces": faces}))


def test_mini_comes_back_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "face").mkdir()
    write_mini(tmp_path / "face")
    model = load_face_model("mini", tmp_path, "face")
    assert [face.face_id for face in model.faces] == ["mini:3", "mini:7"]
    assert model.default_face_id == "mini:3"
    frame = Frame("mini:7", (0.5, 0.5, 0.5), UNDYED)
    assert torch.allclose(model.w([frame]), small_model("mini").w([frame]), atol=0.05)
    assert not model.generator.training


@pytest.mark.parametrize("missing", ["generator.safetensors", "vectors.safetensors", "faces.json", "config.json"])
def test_missing_files_are_named(tmp_path: Path, missing: str) -> None:
    write_mini(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(EngineError, match=missing):
        load_mini_face(tmp_path)


def test_vectors_of_other_faces_are_refused(tmp_path: Path) -> None:
    write_mini(tmp_path)
    faces = [{"number": 1, "group": "h"}]
    (tmp_path / "faces.json").write_text(json.dumps({"faces": faces}))
    with pytest.raises(EngineError, match="does not fit"):
        load_mini_face(tmp_path)
    (tmp_path / "faces.json").write_text(json.dumps({"faces": [{"number": 1, "group": "x"}]}))
    with pytest.raises(EngineError, match=r"eyes\.x"):
        load_mini_face(tmp_path)


def test_a_pickle_with_code_is_not_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.pth"
    torch.save({"weight": Hostile()}, path)
    with pytest.raises(EngineError, match=r"model\.pth .*pull it again"):
        read_tensors(path)
    path.write_bytes(pickle.dumps(Hostile()))
    with pytest.raises(EngineError, match=r"model\.pth"):
        read_tensors(path)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["model.pth", "model.safetensors"])
def test_broken_files_are_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for content in (b"", b"not a model at all", b"\x00" * 64):
        path.write_bytes(content)
        with pytest.raises(EngineError, match="pull it again"):
            read_tensors(path)


def test_truncated_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file({"weight": torch.ones(100)}, path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(EngineError, match="broken"):
        read_tensors(path)


def test_what_is_no_table_of_tensors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.pth"
    torch.save({"epoch": 3, "state": {"weight": torch.ones(2)}}, path)
    with pytest.raises(EngineError, match="plain table"):
        read_tensors(path)


def test_weights_of_another_model_are_refused(tmp_path: Path) -> None:
    module, path = torch.nn.Linear(3, 2), tmp_path / "model.pth"
    for state, words in [
        ({"weight": torch.ones(2, 3)}, "lacks bias"),
        ({"weight": torch.ones(2, 3), "bias": torch.ones(2), "more": torch.ones(1)}, "unknown more"),
        ({"weight": torch.ones(2, 4), "bias": torch.ones(2)}, "instead of"),
        ({"weight": torch.ones(2, 3), "bias": torch.tensor([1.0, float("nan")])}, "not finite"),
    ]:
        torch.save(state, path)
        with pytest.raises(EngineError, match=words):
            load_weights(module, path)


def test_published_files_are_found_converted_or_not(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="weights pull"):
        find_tensor_file(tmp_path, "model")
    (tmp_path / "model.pth").touch()
    assert find_tensor_file(tmp_path, "model").suffix == ".pth"
    (tmp_path / "model.safetensors").touch()
    assert find_tensor_file(tmp_path, "model").suffix == ".safetensors"


def test_hair_net_is_always_in_eval_mode(tmp_path: Path) -> None:
    state = {name: tensor.contiguous() for name, tensor in small_hair_net().state_dict().items()}
    save_file(state, tmp_path / "segmentation.safetensors")
    net = load_hair_net(tmp_path)
    assert net.config == MINI_HAIR
    assert not net.training
    with pytest.raises(EngineError, match="weights pull"):
        load_hair_net(tmp_path / "elsewhere")


def test_vectors_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="weights pull"):
        find_vectors_folder("v8", tmp_path)


def test_catalogue() -> None:
    faces = published_faces()
    assert {engine: len(rows) for engine, rows in faces.items()} == {"v7": 27, "v8": 19, "v9": 22, "v1": 1}
    for engine, rows in faces.items():
        assert len({face.face_id for face in rows}) == len(rows)
        assert all(engine_of(face.face_id) == engine for face in rows)
    # published correlations have the sign of the change vectors, the other way round for the eyes of v9
    for engine in ("v7", "v8", "v9"):
        selection = np.array([face.selection for face in faces[engine]])
        assert (np.sign(selection) == np.sign(SIGNS[engine])).all()
        assert len(group_medians()[engine]) == len(faces[engine][0].group)


@pytest.mark.parametrize("wrong", ["", "v8", "v8:", "v5:1", "v8:x", "../v8:1"])
def test_ids_that_are_no_faces(wrong: str) -> None:
    with pytest.raises(EngineError, match="face list"):
        engine_of(wrong)
