"""The cases of one section of behaviour.json, run one by one, whatever their number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Case = dict[str, Any]


def section(reference_dir: Path, name: str) -> dict[str, Any]:
    """Return a section, or skip when this directory has none of that name."""
    path = reference_dir / "goldens" / "behaviour.json"
    if not path.is_file():
        pytest.skip(f"no {path}; set OHLORA_REFERENCE_DIR")
    sections = json.loads(path.read_text(encoding="utf-8"))
    if name not in sections:
        pytest.skip(f"no section {name} in {path}")
    found: dict[str, Any] = sections[name]
    return found


def cases(reference_dir: Path, name: str) -> Iterator[Case]:
    """Return the cases of a section."""
    found = section(reference_dir, name)["cases"]
    assert found, f"section {name} is empty"
    yield from found


def assert_all(reference_dir: Path, name: str, check: Callable[[Case], tuple[object, object]]) -> None:
    """Compare what `check` returns (ours, wanted) for every case and show all that differ."""
    wrong = []
    for case in cases(reference_dir, name):
        ours, wanted = check(case)
        if ours != wanted:
            wrong.append(f"{case.get('id')}: {ours!r} instead of {wanted!r} for {case!r}")
    assert not wrong, "\n".join(wrong)
