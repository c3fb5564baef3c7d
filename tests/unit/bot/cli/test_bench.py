"""The bench of turns on the command line; what it measures stands in the engine's tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import bench
from engine import bench_turn as engine_bench
from engine.batch_log import BatchSizes
from engine.bench_turn import Ratio, TurnRow


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    """Put a bench without models in place; gives what it was asked for."""
    calls: list[dict[str, Any]] = []

    async def fake(progress: object, name: str, folder: Path, **load: Any) -> list[TurnRow]:
        calls.append({"name": name, **load})
        sizes: Sequence[tuple[int, int]] = [(c, m) for c in load["conversations"] for m in load["memories"]]
        return [
            TurnRow(c, m, Ratio(2.0, 1.5, 2.5), 1, 2, 3, 4, 5, 6, {"text": BatchSizes(9, 1.5, 2)}, 0, 100.0, None)
            for c, m in sizes
        ]

    monkeypatch.setattr(engine_bench, "bench_turn", fake)
    monkeypatch.setenv("OHLORA_DATA_DIR", str(tmp_path))
    return calls


def test_the_json_form_is_that_of_the_contract(asked: list[dict[str, Any]]) -> None:
    arguments = ["turn", "--conversations", "1,8", "--memories", "5", "--repeats", "2", "--json"]
    result = CliRunner().invoke(bench.command, arguments)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["scale"], told["repeats"]) == ("tiny", 2)
    assert [(row["conversations"], row["memories"]) for row in told["rows"]] == [(1, 5), (8, 5)]
    assert told["rows"][0]["ratio"] == {"median": 2.0, "low": 1.5, "high": 2.5}
    assert told["rows"][0]["batches"]["text"] == {"batches": 9, "mean": 1.5, "largest": 2}
    assert (asked[0]["name"], asked[0]["conversations"], asked[0]["repeats"]) == ("mini", (1, 8), 2)


def test_lines_for_people_and_the_published_loads_by_default(asked: list[dict[str, Any]]) -> None:
    result = CliRunner().invoke(bench.command, ["turn"])
    assert result.exit_code == 0, result.output
    assert (asked[0]["conversations"], asked[0]["memories"]) == ((1, 8, 32), (5, 20, 100))
    lines = result.stdout.splitlines()
    assert len(lines) == 10
    assert "2.00x (1.50 to 2.50)" in lines[1]
    assert "0 out of order" in lines[1]


@pytest.mark.parametrize("wrong", [("--conversations", "0"), ("--memories", "x"), ("--scale", "huge")])
def test_wrong_use_is_told(wrong: tuple[str, str]) -> None:
    result = CliRunner().invoke(bench.command, ["turn", *wrong])
    assert result.exit_code == 2
