"""The command line as a newcomer and an operator use it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import utc_now
from storage.database import Storage
from tests.conftest import ROOT


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OHLORA_")}
    environment |= {"OHLORA_DATA_DIR": str(folder / "data"), **settings}
    return subprocess.run(
        [sys.executable, "run_bot.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=99,
    )


async def blocked_person(folder: Path) -> None:
    (folder / "data").mkdir()
    storage = await Storage.open(f"sqlite+aiosqlite:///{folder / 'data' / 'oh-lora.sqlite3'}")
    async with storage.work() as work:
        account = await work.people.account("discord", "1234", "민수", "ko", utc_now())
        space = await work.spaces.space("discord", "99", "server", "서버")
        await work.ethics.add_sanction(
            person_id=account.person_id,
            space_id=space.id,
            channel_key="7",
            kind="block",
            categories=["paedrip"],
            starts_at=utc_now(),
            ends_at=utc_now() + timedelta(days=7),
            by="system",
            turn_id=None,
        )
        await work.memory.add(account.person_id, space.id, "취미", "피아노", utc_now().date(), None)
    await storage.close()


@pytest.mark.parametrize("arguments", [(), ("--help",), ("say", "--help"), ("mod", "--help"), ("train", "--help")])
def test_help_is_there_and_quick(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = run(tmp_path, *arguments)
    text = result.stdout + result.stderr
    assert "Usage" in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("say",), "give either TEXT"),
        (("nonsense",), "No such command"),
        (("mod", "erase", "--user", "x"), "--yes"),
        (("say", "안녕", "--at", "yesterday"), "--at"),
        (("train", "nonsense"), "choose one of"),
    ],
)
def test_wrong_use_is_told_with_status_2(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    result = run(tmp_path, *arguments)
    assert result.returncode == 2, result.stderr
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_failures_are_one_line_with_status_1(tmp_path: Path) -> None:
    result = run(tmp_path, "mod", "unblock", "--user", "nobody", "--reason", "test")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "error: no account 'nobody' on cli; check --user and --platform\n"
    result = run(tmp_path, "mod", "blocks", OHLORA_DATABASE_URL="mysql://nowhere/x")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    result = run(tmp_path, "mod", "blocks", OHLORA_QUEUE_TOTAL="many")
    assert result.returncode == 1
    assert "OHLORA_QUEUE_TOTAL" in result.stderr


async def test_an_operator_lists_lifts_and_finds_it_in_the_log(tmp_path: Path) -> None:
    await blocked_person(tmp_path)
    listed = run(tmp_path, "mod", "blocks", "--platform", "discord")
    assert "discord:1234" in listed.stdout
    who = ("--user", "1234", "--platform", "discord")
    lifted = run(tmp_path, "mod", "unblock", *who, "--reason", "a mistake")
    assert "lifted 1" in lifted.stdout
    assert "nobody is blocked" in run(tmp_path, "mod", "blocks", "--platform", "discord").stdout
    assert "취미" in run(tmp_path, "mod", "export", *who).stdout
    assert "forgot 1" in run(tmp_path, "mod", "reset-memory", *who, "--reason", "asked for").stdout
    audit = run(tmp_path, "mod", "audit").stdout
    assert "unblock" in audit
    assert "a mistake" in audit
    assert "reset-memory" in audit


async def test_a_person_is_named_as_the_list_shows_them(tmp_path: Path) -> None:
    await blocked_person(tmp_path)
    assert "lifted 1" in run(tmp_path, "mod", "unblock", "discord:1234").stdout
    assert "none given" in run(tmp_path, "mod", "audit").stdout
    unnamed = run(tmp_path, "mod", "unblock")
    assert unnamed.returncode == 2
    assert "name the USER" in unnamed.stderr
