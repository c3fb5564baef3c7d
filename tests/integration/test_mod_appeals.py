"""The operator lists and decides appeals at the command line, beside a service that is not running."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import cli
from tests.fakes import FakeAdapter, FakeEngine, message
from tests.integration.people_rig import Someone
from tests.integration.test_service import service, until


@pytest.fixture
def mod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("OHLORA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OHLORA_DATABASE_URL", "")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["mod", *arguments])

    return run


async def insult_and_appeal(folder: Path) -> None:
    adapter = FakeAdapter()
    async with service(folder, FakeEngine(), adapter) as app:
        await app.desk.take(message("욕이야", message_id="1", user="mina"))
        await until(lambda: len(adapter.delivered) == 1)
        assert "운영자에게" in (await Someone(app, "mina").press("appeal:1")).text


async def test_nobody_is_told_twice_of_an_appeal_in_a_direct_chat(tmp_path: Path) -> None:
    await insult_and_appeal(tmp_path)
    adapter = FakeAdapter()
    async with service(tmp_path, FakeEngine(), adapter) as app:
        assert "이미 전했어" in (await Someone(app, "mina").press("appeal:1")).text


def test_the_operator_decides_an_appeal(tmp_path: Path, mod) -> None:  # type: ignore[no-untyped-def]
    asyncio.run(insult_and_appeal(tmp_path))
    listed = json.loads(mod("appeals").output)
    assert (listed["id"], listed["kind"]) == (1, "direct")
    assert "한 말: 욕이야" in listed["text"]
    assert "decided" not in mod("decide", "1", "overturn", "--reason", "농담").output
    again = mod("decide", "1", "uphold", "--reason", "또")
    assert again.exit_code != 0
    assert "decided before" in str(again.exception)
    assert "no appeals" in mod("appeals").output
    assert "nobody is blocked" in mod("blocks", "--platform", "telegram").output
    acts = [json.loads(line)["act"] for line in mod("audit").output.splitlines()]
    assert acts == ["appeal-reason", "appeal-overturned"]


def test_the_operator_blocks_by_hand_and_pardons(tmp_path: Path, mod) -> None:  # type: ignore[no-untyped-def]
    asyncio.run(insult_and_appeal(tmp_path))
    where = ("--platform", "telegram", "--user", "mina", "--space", "dm-mina")
    assert mod("block", *where, "--length", "soon", "--reason", "도배").exit_code == 2
    assert "blocked until" in mod("block", *where, "--length", "2h", "--reason", "도배").output
    assert "counts for nothing" in mod("pardon", "1", "--reason", "농담").output
    assert "already" in mod("pardon", "1", "--reason", "농담").output
    left = [json.loads(line) for line in mod("blocks", "--platform", "telegram").output.splitlines()]
    assert [block["categories"] for block in left] == [["manual"]]
