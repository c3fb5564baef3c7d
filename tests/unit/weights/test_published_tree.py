"""Files placed by hand as the published documents say."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tests.integration.test_weights_pull import Notes
from weights.errors import WeightsError
from weights.layout import PublishedModel, Selection, published_layout
from weights.lock import Lock, check_pinned
from weights.presence import face_engines_here, face_weights_here, model_presence, vectors_presence
from weights.published_tree import take_over
from weights.verify import verify_folder

LAYOUT = published_layout()
ANSWER, ENCODER, POLYGLOT = (LAYOUT.models[name] for name in ("v1/answer", "v1/memory-encoder", "base/polyglot"))


def write(folder: Path, *names: str, content: bytes = b"{}") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def published_tree(root: Path) -> Path:
    """A tree as the documents of v1 show it: 8 and 12 files, with those that nobody needs."""
    adapter = root / ANSWER.local_folder
    write(adapter, "adapter_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
    write(adapter, "README.md", ".gitarrtibutes", "training_args.bin", content=b"\x80not to be opened")
    save_file({"lora": torch.ones(2)}, adapter / "adapter_model.safetensors")
    encoder = root / ENCODER.local_folder
    write(encoder, *(name for name in ENCODER.needed_files if name.endswith(".json")), "1_Pooling/config.json")
    write(encoder, "README.md", "eval/similarity_evaluation_valid_evaluator_results.csv", "vocab.txt", content=b"x")
    save_file({"w": torch.ones(2)}, encoder / "model.safetensors")
    return root


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    (tmp_path / "weights").mkdir()
    return Lock.read(tmp_path / "weights")


@pytest.mark.parametrize("below", ["", "2025_04_08_OhLoRA"])
def test_a_tree_is_taken_over_and_extra_files_are_not(tmp_path: Path, lock: Lock, below: str) -> None:
    published_tree(tmp_path / "tree" / below)
    taken = take_over(Selection((ANSWER, ENCODER, POLYGLOT), ()), tmp_path / "tree", lock, Notes())
    assert taken.found == ("v1/answer", "v1/memory-encoder")
    assert taken.absent == ("base/polyglot",)
    names = {Path(name).name for name in lock.names()}
    assert {"adapter_model.safetensors", "vocab.txt"} <= names
    left_out = {"README.md", ".gitarrtibutes", "training_args.bin"}
    assert not left_out & {path.name for path in lock.folder.rglob("*")}
    assert not list(lock.folder.rglob("eval"))
    check_pinned(lock.folder / ANSWER.local_folder / "adapter_model.safetensors")
    assert all(row.ok for row in verify_folder(Selection((ANSWER, ENCODER), ()), lock.folder))


def test_the_tree_is_left_as_it_is_and_later_damage_is_seen(tmp_path: Path, lock: Lock) -> None:
    tree = published_tree(tmp_path / "tree")
    before = {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    take_over(Selection((ANSWER,), ()), tree, lock, Notes())
    assert {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()} == before
    taken = lock.folder / ANSWER.local_folder / "adapter_config.json"
    taken.unlink()
    taken.write_text('{"r": 1}')
    with pytest.raises(WeightsError, match=r"adapter_config\.json is not the file that was pinned"):
        check_pinned(taken)
    rows = [row for row in verify_folder(Selection((ANSWER,), ()), lock.folder) if not row.ok]
    assert [row.name for row in rows] == [f"{ANSWER.local_folder}/adapter_config.json"]


def test_a_base_may_lie_under_its_own_name(tmp_path: Path, lock: Lock) -> None:
    folder = tmp_path / "tree" / "EleutherAI" / "polyglot-ko-1.3b"
    write(folder, *POLYGLOT.needed_files)
    save_file({"w": torch.ones(2)}, folder / "model.safetensors")
    assert take_over(Selection((POLYGLOT,), ()), tmp_path / "tree", lock, Notes()).absent == ()
    assert model_presence(POLYGLOT, lock.folder) == "here"
    (lock.folder / POLYGLOT.local_folder / "model.safetensors").unlink()
    assert model_presence(POLYGLOT, lock.folder) == "partly"


def _without(tree: Path, model: PublishedModel, name: str) -> None:
    (tree / model.local_folder / name).unlink()


def test_a_model_in_part_is_named(tmp_path: Path, lock: Lock) -> None:
    tree = published_tree(tmp_path / "tree")
    _without(tree, ANSWER, "tokenizer.json")
    with pytest.raises(
        WeightsError, match=r"polyglot_fine_tuned/tokenizer\.json is missing; get the whole of v1/answer"
    ):
        take_over(Selection((ANSWER,), ()), tree, lock, Notes())
    write(tree / POLYGLOT.local_folder, "config.json", "pytorch_model.bin")
    with pytest.raises(WeightsError, match=r"polyglot_original lacks model\.safetensors"):
        take_over(Selection((POLYGLOT,), ()), tree, lock, Notes())


def test_a_person_s_own_file_is_refused_but_never_deleted(tmp_path: Path, lock: Lock) -> None:
    tree = published_tree(tmp_path / "tree")
    weights = tree / ANSWER.local_folder / "adapter_model.safetensors"
    save_file({"lora": torch.tensor([1.0, float("nan")])}, weights)
    with pytest.raises(WeightsError, match=r"adapter_model\.safetensors holds numbers that are not finite"):
        take_over(Selection((ANSWER,), ()), tree, lock, Notes())
    assert weights.is_file()


def test_an_empty_or_absent_tree_is_told(tmp_path: Path, lock: Lock) -> None:
    with pytest.raises(
        WeightsError, match=r"has nothing that is looked for \(for one, llm/models/polyglot_fine_tuned/"
    ):
        take_over(Selection((ANSWER,), ()), tmp_path, lock, Notes())
    with pytest.raises(WeightsError, match="is no folder; give --from"):
        take_over(Selection((ANSWER,), ()), tmp_path / "none", lock, Notes())


def test_models_that_share_a_place_do_not_pass_for_each_other(tmp_path: Path, lock: Lock) -> None:
    take_over(Selection((ENCODER,), ()), published_tree(tmp_path / "tree"), lock, Notes())
    other = LAYOUT.models["v4/memory-encoder"]
    assert model_presence(ENCODER, lock.folder) == "here"
    assert model_presence(other, lock.folder) == "absent"
    with pytest.raises(WeightsError, match=r"v1/memory-encoder is in .*, where v4/memory-encoder belongs"):
        take_over(Selection((other,), ()), published_tree(tmp_path / "tree"), lock, Notes())


def test_the_public_vectors_are_taken_and_checked(tmp_path: Path, lock: Lock, reference_dir: Path) -> None:
    table = LAYOUT.vectors["v9"]
    place = tmp_path / "tree" / LAYOUT.version_folders["v3.1"] / table.published_folder
    for file in table.files:
        write(place, file.name, content=(reference_dir / "vectors" / "v9_mixed" / file.name).read_bytes())
    take_over(Selection((), (table,)), tmp_path / "tree", lock, Notes())
    assert vectors_presence(table, lock.folder) == "here"
    assert not face_engines_here(lock.folder)["v9"]
    for model in LAYOUT.face_engines["v9"]:  # presence goes by names
        write(lock.folder / model.local_folder, *model.needed_files)
    assert face_weights_here("v9", lock.folder)
    assert face_weights_here("v9", lock.folder.parent) is False
    assert lock.folder.rename(tmp_path / "ohlora-v1")
    assert face_weights_here("v9", tmp_path)
    assert not face_weights_here("v8", tmp_path)
    lock = Lock.read(tmp_path / "ohlora-v1")
    write(place, table.files[0].name, content=b"0,1\n")
    with pytest.raises(WeightsError, match=r"ohlora_z_vectors \(mixed\)\.csv is not the published"):
        take_over(Selection((), (table,)), tmp_path / "tree", lock, Notes())
