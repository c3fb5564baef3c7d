"""Pulls from a hub on 127.0.0.1: what goes well, and everything that can go wrong on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save

from tests.integration.loopback_hub import LoopbackHub
from weights.errors import WeightsError
from weights.file_host import FileHost, NotThere, TokenNeeded
from weights.layout import Home, PublishedModel, Selection, TensorTable, VectorFile, VectorSet
from weights.lock import Lock, check_pinned
from weights.pull import Hosts, Puller, one_pull
from weights.tensors import table_digest

TENSORS = {"a.weight": torch.arange(4000, dtype=torch.float32).reshape(40, 100), "a.bias": torch.ones(3)}
TABLE = TensorTable(2, table_digest({key: tuple(value.shape) for key, value in TENSORS.items()}))
FACE = PublishedModel(
    "v4/face", "tensors", "a face", True, (Home("o/faces", ""),), "stylegan/models", ("face.pth",), (), tensors=TABLE
)
ENCODER = PublishedModel(
    "v4/encoder",
    "encoder",
    "an encoder",
    True,
    (Home("o/new", ""), Home("o/old", "ethics/trained")),
    "llm/ethics",
    ("config.json", "model.safetensors"),
    ("vocab.txt",),
)
BASE = PublishedModel("base/tiny", "base", "a base", True, (Home("o/base", ""),), "llm/base", ("config.json",), ())


class Notes:
    """A watch that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.started_at: list[int] = []
        self.counted = 0

    def begin(self, name: str, size: int | None, have: int) -> None:
        self.started_at.append(have)

    def at(self, have: int) -> None:
        self.counted = have

    def advance(self, count: int) -> None:
        self.counted += count

    def end(self) -> None:
        pass

    def say(self, line: str) -> None:
        self.lines.append(line)


def checkpoint(tensors: object, path: Path) -> bytes:
    torch.save(tensors, path)
    return path.read_bytes()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[LoopbackHub]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with LoopbackHub() as hub:
        hub.files["o/faces", "face.pth"] = checkpoint(TENSORS, tmp_path / "published.pth")
        yield hub


class Workplace:
    """A weights folder and a way to pull into it."""

    def __init__(self, hub: LoopbackHub, folder: Path) -> None:
        self.hub, self.folder, self.notes = hub, folder, Notes()

    def pull(
        self,
        *models: PublishedModel,
        vectors: tuple[VectorSet, ...] = (),
        token: str | None = None,
        timeout_s: float = 5.0,
        tries: int = 3,
        free: int = 1 << 40,
        bases: tuple[str, ...] = (),
    ) -> None:
        with (
            one_pull(self.folder) as lock,
            FileHost(token=token, timeout_s=timeout_s, tries=tries, sleep=lambda _: None) as host,
        ):
            hosts = Hosts(host, self.hub.url, host, bases)
            Puller(lock, hosts, self.notes, lambda _: free).pull(Selection(models, vectors))

    def parts(self) -> list[Path]:
        return sorted(self.folder.rglob("*.part"))


@pytest.fixture
def place(hub: LoopbackHub, tmp_path: Path) -> Workplace:
    return Workplace(hub, tmp_path / "weights")


def test_a_checkpoint_is_fetched_converted_and_pinned(place: Workplace) -> None:
    place.pull(FACE)
    path = place.folder / "stylegan/models/face.safetensors"
    assert torch.equal(load_file(path)["a.weight"], TENSORS["a.weight"])
    assert sorted(item.name for item in path.parent.iterdir()) == ["face.safetensors"]
    pin = Lock.read(place.folder).get("stylegan/models/face.safetensors")
    assert pin is not None
    assert pin.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert pin.origin.digest == hashlib.sha256(place.hub.files["o/faces", "face.pth"]).hexdigest()
    assert (pin.origin.repo, pin.origin.commit) == ("o/faces", place.hub.commit)
    check_pinned(path)


def test_a_second_pull_asks_nobody(place: Workplace) -> None:
    place.pull(FACE)
    place.hub.requests.clear()
    place.pull(FACE)
    assert place.hub.requests == []
    assert place.notes.lines[-1] == "v4/face: already here"


def test_a_cut_download_goes_on_in_the_same_pull(place: Workplace) -> None:
    place.hub.cut_after = 7000
    place.pull(FACE, tries=2)
    assert [request.range for request in place.hub.requests if "store" in request.path] == [
        None,
        "bytes=7000-",
        "bytes=14000-",
    ]
    assert place.notes.counted == len(place.hub.files["o/faces", "face.pth"])
    assert place.parts() == []


def test_a_cut_download_goes_on_in_the_next_pull(place: Workplace) -> None:
    place.hub.cut_after, place.hub.stall_after = 6000, 6000
    with pytest.raises(WeightsError, match="goes on where it stopped"):
        place.pull(FACE, tries=1, timeout_s=0.2)
    assert [part.stat().st_size for part in place.parts()] == [6000]
    place.hub.cut_after = place.hub.stall_after = None
    place.hub.requests.clear()
    place.pull(FACE)
    assert place.hub.requests[-1].range == "bytes=6000-"
    assert place.notes.started_at == [0, 6000]
    assert (place.folder / "stylegan/models/face.safetensors").is_file()


def test_a_host_without_ranges_is_read_from_the_start(place: Workplace) -> None:
    place.hub.cut_after, place.hub.cuts_left, place.hub.ignores_range = 6000, 1, True
    place.pull(FACE)
    assert (place.folder / "stylegan/models/face.safetensors").is_file()


def test_a_host_that_always_cuts_at_the_same_place_is_given_up(place: Workplace) -> None:
    place.hub.cut_after, place.hub.ignores_range = 6000, True
    with pytest.raises(WeightsError, match=r"face\.pth could not be fetched"):
        place.pull(FACE)


def test_a_part_that_is_too_long_is_thrown_away(place: Workplace) -> None:
    digest = hashlib.sha256(place.hub.files["o/faces", "face.pth"]).hexdigest()
    part = place.folder / f"stylegan/models/face.pth.{digest[:12]}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 100_000)
    place.pull(FACE)
    assert (place.folder / "stylegan/models/face.safetensors").is_file()


def test_a_wrong_hash_is_refused_and_not_kept(place: Workplace) -> None:
    place.hub.wrong_tag = "0" * 64
    with pytest.raises(WeightsError, match=r"face\.pth of o/faces has a wrong hash; pull again"):
        place.pull(FACE)
    assert not (place.folder / "stylegan/models/face.safetensors").exists()
    assert place.parts() == []
    place.hub.wrong_tag = None
    place.pull(FACE)


def test_a_missing_file_is_named(place: Workplace) -> None:
    del place.hub.files["o/faces", "face.pth"]
    with pytest.raises(NotThere, match=r"o/faces/resolve/main/face\.pth is not there \(404\)"):
        place.pull(FACE)


def test_a_refused_access_says_which_token_is_needed(place: Workplace) -> None:
    place.hub.needs_token.add("o/faces")
    with pytest.raises(TokenNeeded, match="asks for a token: set HF_TOKEN") as caught:
        place.pull(FACE)
    assert "\n" not in str(caught.value)


def test_the_token_goes_to_the_hub_and_not_to_the_store(place: Workplace) -> None:
    place.hub.needs_token.add("o/faces")
    place.pull(FACE, token="hf_secret")
    hub = [request for request in place.hub.requests if "resolve" in request.path]
    store = [request for request in place.hub.requests if "store" in request.path]
    assert {request.authorization for request in hub} == {"Bearer hf_secret"}
    assert [request.authorization for request in store] == [None]
    assert "hf_secret" not in (place.folder / "weights.lock.json").read_text()


def test_a_link_that_stands_still_is_given_up_in_one_line(place: Workplace) -> None:
    place.hub.stall_after = 3000
    with pytest.raises(WeightsError, match=r"no data for 0\.2 s\); pull again later, it goes on") as caught:
        place.pull(FACE, timeout_s=0.2, tries=2)
    assert "\n" not in str(caught.value)
    assert place.parts()[0].stat().st_size == 3000


def test_a_slow_link_that_moves_is_waited_for(place: Workplace) -> None:
    place.hub.pause_s = 0.05
    place.pull(FACE, timeout_s=0.4)  # the whole takes about 0.9 s
    assert (place.folder / "stylegan/models/face.safetensors").is_file()


def test_a_busy_hub_is_asked_again(place: Workplace) -> None:
    place.hub.busy = 2
    place.pull(FACE)
    place.hub.busy = 100
    with pytest.raises(WeightsError, match="the host answers 503"):
        place.pull(ENCODER)


def test_a_host_that_is_not_there_is_one_line(place: Workplace, tmp_path: Path) -> None:
    with (
        one_pull(tmp_path / "w") as lock,
        FileHost(tries=2, sleep=lambda _: None) as host,
        pytest.raises(WeightsError, match="could not be fetched"),
    ):
        Puller(lock, Hosts(host, "http://127.0.0.1:9", host, ()), Notes()).pull(Selection((FACE,), ()))


def test_an_address_that_is_none_is_told(place: Workplace, tmp_path: Path) -> None:
    with (
        one_pull(tmp_path / "w") as lock,
        FileHost() as host,
        pytest.raises(WeightsError, match="is not an address"),
    ):
        Puller(lock, Hosts(host, "hub.example", host, ()), Notes()).pull(Selection((FACE,), ()))


def _serve_encoder(hub: LoopbackHub, repo: str, folder: str) -> None:
    hub.files[repo, f"{folder}config.json"] = b'{"hidden_size": 4}'
    hub.files[repo, f"{folder}model.safetensors"] = save({"w": torch.ones(2000)})


@pytest.mark.parametrize("first", ["gone", "closed", "incomplete"])
def test_the_second_home_is_tried(place: Workplace, first: str) -> None:
    _serve_encoder(place.hub, "o/old", "ethics/trained/")
    place.hub.files["o/old", "ethics/trained/vocab.txt"] = b"[PAD]\n"
    if first == "closed":
        place.hub.needs_token.add("o/new")
    if first == "incomplete":
        place.hub.files["o/new", "config.json"] = b'{"hidden_size": 5}'
    place.pull(ENCODER)
    assert json.loads((place.folder / "llm/ethics/config.json").read_text()) == {"hidden_size": 4}
    assert (place.folder / "llm/ethics/vocab.txt").is_file()
    assert place.notes.lines == ["v4/encoder: fetched from o/old"]


def test_the_first_home_comes_first_and_optional_files_may_be_missing(place: Workplace) -> None:
    _serve_encoder(place.hub, "o/new", "")
    _serve_encoder(place.hub, "o/old", "ethics/trained/")
    place.pull(ENCODER)
    assert place.notes.lines == ["v4/encoder: fetched from o/new"]


def test_a_closed_home_is_told_before_a_missing_one(place: Workplace) -> None:
    place.hub.needs_token.add("o/new")
    with pytest.raises(TokenNeeded):
        place.pull(ENCODER)


class Evil:
    """What a hostile checkpoint would hold: unpickling it creates a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


def test_a_checkpoint_with_code_is_refused_by_name_and_runs_nothing(place: Workplace, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    hostile = checkpoint({"a.weight": TENSORS["a.weight"], "x": Evil(trap)}, tmp_path / "evil.pth")
    place.hub.files["o/faces", "face.pth"] = hostile
    with pytest.raises(
        WeightsError, match=r"face\.pth\S* is broken or holds code, so it was not opened; do not use it"
    ):
        place.pull(FACE)
    assert not trap.exists()
    assert not list(place.folder.rglob("face*"))


@pytest.mark.parametrize(
    ("tensors", "told"),
    [
        (
            TENSORS | {"a.bias": torch.tensor([1.0, float("nan"), 2.0])},
            r"face\.pth\S* holds numbers that are not finite",
        ),
        (TENSORS | {"a.bias": torch.ones(4)}, r"face\.pth\S* is another model than its name says \(other shapes\)"),
        ({"a.bias": torch.ones(2000)}, r"face\.pth\S* is another model .* \(1 tensors, 2 expected\)"),
        ({"state": TENSORS}, r"face\.pth\S* is not a plain table of tensors"),
        ([torch.ones(2000)], r"face\.pth\S* is not a plain table of tensors"),
    ],
)
def test_a_checkpoint_that_is_not_the_model_is_refused(
    place: Workplace, tmp_path: Path, tensors: object, told: str
) -> None:
    place.hub.files["o/faces", "face.pth"] = checkpoint(tensors, tmp_path / "other.pth")
    with pytest.raises(WeightsError, match=told):
        place.pull(FACE)
    assert not list(place.folder.rglob("face*"))


def test_a_truncated_file_is_refused(place: Workplace) -> None:
    whole = place.hub.files["o/faces", "face.pth"]
    place.hub.files["o/faces", "face.pth"] = whole[:-3000]
    with pytest.raises(WeightsError, match=r"face\.pth\S* is truncated or broken"):
        place.pull(FACE)
    _serve_encoder(place.hub, "o/new", "")
    place.hub.files["o/new", "model.safetensors"] = save({"w": torch.ones(2000)})[:-500]
    with pytest.raises(WeightsError, match=r"model\.safetensors\S* is truncated \(\d+ of \d+ bytes\)"):
        place.pull(ENCODER)
    place.hub.files["o/new", "model.safetensors"] = save({"w": torch.full((2000,), torch.inf)})
    with pytest.raises(WeightsError, match="not finite"):
        place.pull(ENCODER)
    place.hub.files["o/new", "model.safetensors"] = save({"w": torch.ones(2000)})
    place.hub.files["o/new", "config.json"] = b"<html>"
    place.folder.joinpath("weights.lock.json").unlink()
    with pytest.raises(WeightsError, match=r"config\.json\S* is no JSON"):
        Workplace(place.hub, place.folder.parent / "other").pull(ENCODER)


def test_another_content_than_the_pinned_one_is_refused(place: Workplace, tmp_path: Path) -> None:
    place.pull(FACE)
    path = place.folder / "stylegan/models/face.safetensors"
    path.unlink()
    place.hub.files["o/faces", "face.pth"] = checkpoint(TENSORS | {"a.bias": torch.zeros(3)}, tmp_path / "newer.pth")
    place.hub.commit = "d" * 40
    with pytest.raises(WeightsError, match=r"is not the stylegan/models/face\.safetensors that was pinned"):
        place.pull(FACE)
    assert not path.exists()


def test_the_pinned_commit_is_asked_for(place: Workplace) -> None:
    place.pull(FACE)
    (place.folder / "stylegan/models/face.safetensors").write_bytes(b"damaged")
    old, place.hub.old_commits = place.hub.commit, {place.hub.commit: dict(place.hub.files)}
    place.hub.commit, place.hub.files["o/faces", "face.pth"] = "d" * 40, b"something newer"
    place.pull(FACE)
    assert any(f"/resolve/{old}/" in request.path for request in place.hub.requests)
    check_pinned(place.folder / "stylegan/models/face.safetensors")


def test_a_full_disk_is_told_before_and_during_a_download(place: Workplace) -> None:
    with pytest.raises(WeightsError, match=r"v4/face needs 0 MiB and 0 MiB are free at .*make room"):
        place.pull(FACE, free=1000)
    digest = hashlib.sha256(place.hub.files["o/faces", "face.pth"]).hexdigest()
    part = place.folder / f"stylegan/models/face.pth.{digest[:12]}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.symlink_to("/dev/full")
    with pytest.raises(WeightsError, match="the disk is full"):
        place.pull(FACE)


def test_a_base_in_parts_is_fetched_by_its_index(place: Workplace) -> None:
    files = place.hub.files
    files["o/base", "config.json"] = b"{}"
    files["o/base", "model-1.safetensors"], files["o/base", "model-2.safetensors"] = (
        save({"a": torch.ones(2000)}),
        save({"b": torch.ones(2)}),
    )
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    files["o/base", "model.safetensors.index.json"] = json.dumps(index).encode()
    place.pull(BASE)
    assert len(Lock.read(place.folder).names()) == 4
    place.hub.requests.clear()
    place.pull(BASE)
    assert place.hub.requests == []
    (place.folder / "llm/base/model-2.safetensors").unlink()
    place.pull(BASE)
    assert (place.folder / "llm/base/model-2.safetensors").is_file()


def test_an_index_cannot_name_files_elsewhere(place: Workplace) -> None:
    place.hub.files["o/base", "config.json"] = b"{}"
    index = {"weight_map": {"a": "../../escape.safetensors"}}
    place.hub.files["o/base", "model.safetensors.index.json"] = json.dumps(index).encode()
    with pytest.raises(WeightsError, match="is not an index of weights"):
        place.pull(BASE)


def test_a_base_in_one_file_is_fetched(place: Workplace) -> None:
    place.hub.files["o/base", "config.json"] = b"{}"
    place.hub.files["o/base", "model.safetensors"] = save({"a": torch.ones(20)})
    place.pull(BASE)
    assert (place.folder / "llm/base/model.safetensors").is_file()


CSV = b"0,1\n0.5,0.25\n"
VECTORS = VectorSet(
    "v8", "v4", "stylegan/v8", "vectors/v8", (VectorFile("z (mixed).csv", len(CSV), hashlib.sha256(CSV).hexdigest()),)
)


def test_vectors_come_from_the_second_address_when_the_first_has_none(place: Workplace) -> None:
    place.hub.plain["b/2025_06_24_OhLoRA_v4/stylegan/v8/z (mixed).csv"] = CSV
    bases = (f"{place.hub.url}/plain/a", f"{place.hub.url}/plain/b")
    place.pull(vectors=(VECTORS,), bases=bases)
    assert (place.folder / "vectors/v8/z (mixed).csv").read_bytes() == CSV
    place.hub.requests.clear()
    place.pull(vectors=(VECTORS,), bases=bases)
    assert place.hub.requests == []


def test_vectors_with_a_wrong_hash_are_refused(place: Workplace) -> None:
    place.hub.plain["2025_06_24_OhLoRA_v4/stylegan/v8/z (mixed).csv"] = CSV.replace(b"5", b"6")
    with pytest.raises(WeightsError, match=r"z \(mixed\)\.csv \(wrong hash\)"):
        place.pull(vectors=(VECTORS,), bases=(f"{place.hub.url}/plain",))
    assert not list(place.folder.rglob("z*"))


def test_two_pulls_into_one_folder_do_not_meet(place: Workplace) -> None:
    with one_pull(place.folder), pytest.raises(WeightsError, match=r"another pull .* is running"):
        place.pull(FACE)


def test_files_placed_by_hand_are_adopted(place: Workplace) -> None:
    path = place.folder / "stylegan/models/face.pth"
    path.parent.mkdir(parents=True)
    torch.save(TENSORS, path)
    place.pull(FACE)
    assert place.hub.requests == []
    assert "stylegan/models/face.safetensors" in Lock.read(place.folder)
