"""The files for running her for good: they name what exists, keep secrets out, and a backup can be restored."""

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
import yaml

from bot.settings import Settings
from storage.database import Storage
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
SETTINGS = {f"OHLORA_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "oh-lora.service"])
def test_only_settings_that_exist_are_named(name: str) -> None:
    named = set(re.findall(r"OHLORA_[A-Z_]+", (DEPLOY / name).read_text(encoding="utf-8")))
    assert named - SETTINGS == set()
    assert "OHLORA_DATA_DIR" in named


def test_compose_starts_the_bot_after_its_database_and_publishes_nothing() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    bot, database = compose["services"]["bot"], compose["services"]["database"]
    assert bot["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert database["healthcheck"]["test"][1].startswith("pg_isready")
    assert "ports" not in bot
    assert "ports" not in database
    used = {volume.split(":")[0] for service in (bot, database) for volume in service["volumes"]}
    assert used == set(compose["volumes"])
    assert (DEPLOY / bot["build"]["context"] / bot["build"]["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    assert ":?" in database["environment"]["POSTGRES_PASSWORD"]  # no password that everybody knows


def test_the_image_copies_what_there_is_and_no_secret() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert copied
    assert all((ROOT / word).exists() for word in copied)
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == {word.rstrip("/") for word in copied}
    assert any(line.startswith("USER ") for line in lines)


def test_the_unit_is_taken_by_systemd(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here")
    unit = (DEPLOY / "oh-lora.service").read_text(encoding="utf-8")
    here = tmp_path / "oh-lora.service"
    here.write_text(unit.replace("/opt/oh-lora/.venv/bin/python", "/bin/true").replace("/opt/oh-lora", "/tmp"))
    done = subprocess.run(["systemd-analyze", "verify", str(here)], capture_output=True, text=True, check=False)
    assert "oh-lora" not in done.stderr


async def test_a_backup_of_a_running_bot_can_be_restored(tmp_path: Path) -> None:
    data, backups, restored = tmp_path / "data", tmp_path / "backups", tmp_path / "restored"
    async with await Storage.open(f"sqlite:///{data / 'oh-lora.sqlite3'}") as storage:
        async with storage.work() as work:
            await work.states.put("k", {"v": "kept"})
        (data / "pictures").mkdir()
        (data / "pictures" / "a.png").write_bytes(b"picture")
        script = [str(DEPLOY / "backup.sh"), str(data), str(backups)]
        done = subprocess.run(script, capture_output=True, text=True, check=True)
    archive = Path(done.stdout.strip())
    assert archive.stat().st_mode & 0o077 == 0
    with tarfile.open(archive) as packed:
        packed.extractall(restored, filter="data")
    assert (restored / "pictures" / "a.png").read_bytes() == b"picture"
    async with await Storage.open(f"sqlite:///{restored / 'oh-lora.sqlite3'}") as again, again.read() as work:
        assert await work.states.get("k") == {"v": "kept"}


def test_a_backup_of_nothing_says_so(tmp_path: Path) -> None:
    script = [str(DEPLOY / "backup.sh"), str(tmp_path), str(tmp_path)]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "OHLORA_DATA_DIR" in done.stderr
