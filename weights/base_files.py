"""Which weight files a base language model has: one file, or the parts that its index names."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

from weights.errors import WeightsError

INDEX_FILE, SINGLE_FILE = "model.safetensors.index.json", "model.safetensors"


def indexed_parts(index: Path) -> tuple[str, ...]:
    """Return the names of the parts, in order.

    Raises:
        WeightsError: the index is damaged, or names something that is no safetensors file beside it.
    """
    try:
        parts = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        if not parts or not all(_is_plain(part) for part in parts):
            raise ValueError("it names no safetensors files beside it")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"{index} is not an index of weights ({error}); get it again") from error
    return tuple(parts)


def _is_plain(part: str) -> bool:
    return PurePosixPath(part).name == part and part.endswith(".safetensors")


def weight_files(folder: Path) -> tuple[str, ...]:
    """Return the names of a base's weight files in a folder, the index first; none when they are not all there.

    Raises:
        WeightsError: the index is damaged.
    """
    if (folder / INDEX_FILE).is_file():
        parts = indexed_parts(folder / INDEX_FILE)
        return (INDEX_FILE, *parts) if all((folder / part).is_file() for part in parts) else ()
    return (SINGLE_FILE,) if (folder / SINGLE_FILE).is_file() else ()
