"""What of the published weights is here, by the files that loaders open; only names and the lock file are read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from weights.base_files import weight_files
from weights.embedded import has_embedded_face
from weights.errors import WeightsError
from weights.layout import EMBEDDED_PROFILE, PublishedModel, VectorSet, converted_name, published_layout
from weights.lock import Lock

Presence = Literal["here", "partly", "absent"]


def model_presence(model: PublishedModel, folder: Path) -> Presence:
    """Tell whether a weights folder has a model, as published or converted.

    Raises:
        WeightsError: the lock file of the folder is damaged.
    """
    lock = Lock.read(folder)
    pins = [lock.get(model.local_path(file)) for file in model.needed_files]
    if any(pin is not None and pin.origin.model != model.model_id for pin in pins):
        return "absent"  # models of several versions share a place; another one has it
    place = folder / model.local_folder
    there = [_is_there(place, file) for file in model.needed_files]
    if model.kind == "base":
        there.append(_has_weights(place))
    return _presence(there)


def vectors_presence(table: VectorSet, folder: Path) -> Presence:
    """Tell whether a weights folder has a set of vectors, where a pull or where the public repository has it."""
    states = [
        _presence([(folder / place / file.name).is_file() for file in table.files])
        for place in (table.published_folder, table.local_folder)
    ]
    return next((state for state in ("here", "partly") if state in states), "absent")


def face_engines_here(folder: Path) -> Mapping[str, bool]:
    """Tell for each published face engine whether a weights folder has its models and its vectors."""
    layout = published_layout()
    return {
        engine: vectors_presence(layout.vectors[engine], folder) == "here"
        and all(model_presence(model, folder) == "here" for model in models)
        for engine, models in layout.face_engines.items()
    } | {EMBEDDED_PROFILE: has_embedded_face()}


def face_weights_here(engine: str, root: Path) -> bool:
    """Tell whether a face engine's weights are here: below `root`, in its folder of any profile, or in `root` itself.

    Raises:
        WeightsError: the lock file of a folder is damaged.
    """
    folders = (root, *(root / profile for profile in published_layout().profiles))
    return any(face_engines_here(folder).get(engine, False) for folder in folders)


def _is_there(place: Path, file: str) -> bool:
    return (place / file).is_file() or (place / converted_name(file)).is_file()


def _has_weights(place: Path) -> bool:
    try:
        return bool(weight_files(place))
    except WeightsError:
        return False


def _presence(there: list[bool]) -> Presence:
    if all(there):
        return "here"
    return "partly" if any(there) else "absent"
