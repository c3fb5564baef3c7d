"""`run_bot.py weights` as an operator uses it, against a hub on 127.0.0.1."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from engine.hair.loading import load_hair_net
from engine.hair.segmentation import PUBLISHED, HairSegmentation
from tests.integration.loopback_hub import LoopbackHub
from weights.layout import published_layout

ROOT = Path(__file__).resolve().parents[2]
ETHICS = published_layout().models["v4/ethics-encoder"]


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    with LoopbackHub() as hub:
        yield hub


def weights(tmp_path: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OHLORA_", "HF_"))}
    environment |= {"OHLORA_DATA_DIR": str(tmp_path / "data"), "NO_PROXY": "127.0.0.1,localhost", **settings}
    command = [sys.executable, "run_bot.py", "weights", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_list_knows_every_model_and_says_what_is_here(tmp_path: Path) -> None:
    table = json.loads(weights(tmp_path, "list", "--json").stdout)
    assert {row["profile"] for row in table["profiles"]} == {"mini", "ohlora-v4", "ohlora-v1"}
    assert {row["version"] for row in table["models"]} == {"v1", "v2", "v3", "v3.1", "v4", "base"}
    assert {row["state"] for row in table["models"]} == {"absent"}
    assert len(table["data_sets"]) == 3
    told = weights(tmp_path, "list", "--profile", "ohlora-v1").stdout
    assert "v1/face" in told
    assert "v4/face-v8" not in told
    assert not (tmp_path / "data" / "weights").exists()


def test_pull_verify_and_path(tmp_path: Path, hub: LoopbackHub) -> None:
    second = ETHICS.homes[1]
    for file in ETHICS.needed_files:
        content = save({"w": torch.ones(2000)}) if file.endswith(".safetensors") else b"{}"
        hub.files[second.repo, f"{second.folder}/{file}"] = content
    arguments = ("pull", "--profile", "ohlora-v4", "--only", "v4/ethics-encoder")
    done = weights(tmp_path, *arguments, HF_ENDPOINT=hub.url)
    assert (done.returncode, done.stderr.strip()) == (0, f"v4/ethics-encoder: fetched from {second.repo}")
    folder = Path(weights(tmp_path, "path", "--profile", "ohlora-v4").stdout.strip())
    assert (folder / ETHICS.local_folder / "model.safetensors").is_file()
    assert "already here" in weights(tmp_path, *arguments, HF_ENDPOINT="http://127.0.0.1:9").stderr
    checked = weights(tmp_path, "verify", "--profile", "ohlora-v4")
    assert checked.returncode == 1
    assert "WRONG v4/face-v8: missing; run `weights pull`" in checked.stderr
    assert "v4/ethics-encoder" not in checked.stderr


def test_errors_are_one_line(tmp_path: Path, hub: LoopbackHub) -> None:
    hub.needs_token |= {home.repo for home in ETHICS.homes}
    arguments = ("pull", "--profile", "ohlora-v4", "--only", "v4/ethics-encoder", "--hub", hub.url)
    for token, told in (("", "asks for a token: set HF_TOKEN"), ("hf_x", "is not there (404)")):
        failed = weights(tmp_path, *arguments, HF_TOKEN=token)
        assert failed.returncode == 1
        assert told in failed.stderr
        assert len(failed.stderr.strip().splitlines()) == 1
    wrong = weights(tmp_path, "pull", "--profile", "ohlora-v9")
    assert (wrong.returncode, len(wrong.stderr.strip().splitlines())) == (1, 1)
    assert weights(tmp_path, "verify", "--profile", "ohlora-v4", "--record").returncode == 2


def test_nothing_is_pulled_for_the_embedded_profile(tmp_path: Path) -> None:
    assert "nothing to pull" in weights(tmp_path, "pull").stdout
    refused = weights(tmp_path, "pull", "--only", "v4/hair")
    assert "do not go into the embedded weights" in refused.stderr


def test_a_published_tree_is_pointed_at_and_then_loads(tmp_path: Path) -> None:
    net = HairSegmentation(PUBLISHED)
    place = tmp_path / "2025_06_24_OhLoRA_v4" / "segmentation" / "models"
    place.mkdir(parents=True)
    torch.save(net.state_dict(), place / "segmentation_model_ohlora_v4.pth")
    (place / "README.md").write_text("not needed")
    done = weights(tmp_path, "pull", "--profile", "ohlora-v4", "--from", str(place.parents[1]))
    assert done.returncode == 0
    assert "v4/hair: taken from" in done.stderr
    assert "not in" in done.stderr
    folder = tmp_path / "data" / "weights" / "ohlora-v4" / "segmentation" / "models"
    assert [path.name for path in folder.iterdir()] == ["segmentation_model_ohlora_v4.safetensors"]
    loaded = load_hair_net(folder).state_dict()
    assert all(torch.equal(loaded[key], value) for key, value in net.state_dict().items())
