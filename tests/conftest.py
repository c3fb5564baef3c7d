"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def reference_dir() -> Path:
    """The directory of conformance data; skips when it is not there."""
    path = Path(os.environ.get("OHLORA_REFERENCE_DIR", ROOT / ".." / "shared" / "reference")).resolve()
    if not path.is_dir():
        pytest.skip(f"no conformance data at {path}; set OHLORA_REFERENCE_DIR")
    return path
