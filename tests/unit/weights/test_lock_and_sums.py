"""Pins, sums of the embedded weights, and what is imported when."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from weights.digests import git_sha1_of, matches, sha256_of
from weights.embedded import EMBEDDED_FOLDER, SUMS_FILE, record_embedded, verify_embedded
from weights.errors import WeightsError
from weights.lock import LOCK_FILE, Lock, Origin, Pin, check_pinned
from weights.tensors import read_shapes


def test_digests_are_those_of_git_and_of_sha256sum(tmp_path: Path) -> None:
    path = tmp_path / "hello"
    path.write_bytes(b"hello\n")
    assert git_sha1_of(path) == "ce013625030ba8dba906f756967f9e9ca394464a"  # `git hash-object`
    assert sha256_of(path) == "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
    assert matches(path, git_sha1_of(path))
    assert not matches(path, "0" * 40)
    assert matches(path, "an etag of another kind")


def test_pins_survive_and_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.json"
    path.parent.mkdir()
    path.write_text("{}")
    check_pinned(path)  # nothing is pinned yet
    Lock.read(tmp_path).add("a/b.json", Pin(sha256_of(path), 2, Origin("o/r", "b.json", "v4/x", "c" * 40)))
    check_pinned(path)
    path.write_text("[]")
    with pytest.raises(
        WeightsError, match=r"b\.json is not the file that was pinned in weights\.lock\.json; delete it"
    ):
        check_pinned(path)


@pytest.mark.parametrize("text", ["", "[]", '{"format": 2, "files": {}}', '{"format": 1, "files": {"a": {}}}'])
def test_a_damaged_lock_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / LOCK_FILE).write_text(text)
    with pytest.raises(WeightsError, match=r"weights\.lock\.json is damaged"):
        Lock.read(tmp_path)


def test_embedded_sums(tmp_path: Path) -> None:
    for name in ("face/generator.safetensors", "llm/base/config.json", "data/rows.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    with pytest.raises(WeightsError, match="SHA256SUMS cannot be read; restore it"):
        verify_embedded(tmp_path)
    assert record_embedded(tmp_path) == 2
    assert all(row.ok for row in verify_embedded(tmp_path))
    (tmp_path / "face/generator.safetensors").write_text("other")
    (tmp_path / "llm/base/config.json").unlink()
    (tmp_path / "llm/new.json").write_text("{}")
    assert [row.text.split(";")[0] for row in verify_embedded(tmp_path)] == [
        "wrong hash",
        "missing",
        "not in SHA256SUMS",
    ]


def test_the_embedded_weights_are_those_of_their_sums() -> None:
    if not (EMBEDDED_FOLDER / SUMS_FILE).is_file():
        pytest.skip("the sums of the embedded weights are not recorded yet (`weights verify --profile mini --record`)")
    assert [row for row in verify_embedded(EMBEDDED_FOLDER) if not row.ok] == []


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 7, b"\xff" * 64, b"\x05" + b"\x00" * 7 + b"[1,2]", b"\x80\x04hostile!"]
)
def test_bytes_that_are_no_safetensors_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"x\.safetensors is truncated or no safetensors file"):
        read_shapes(path)


def test_nothing_heavy_is_imported_with_the_room() -> None:
    modules = "bot.cli.weights, weights.pull, weights.presence, weights.verify, weights.published_tree"
    code = f"import sys, {modules}; sys.exit(any(name in sys.modules for name in ('torch', 'numpy', 'safetensors')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
