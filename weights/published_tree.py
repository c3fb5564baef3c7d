"""Files that somebody placed by hand as the published documents say are taken over; what else lies there is ignored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from weights.base_files import weight_files
from weights.digests import sha256_of
from weights.errors import WeightsError
from weights.layout import PublishedModel, Selection, VectorFile, VectorSet, converted_name, published_layout
from weights.lock import Lock, Origin
from weights.progress import PullWatch
from weights.settling import check_place, settle, settle_at

FROM_FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a tree had of a selection: names of models and sets of vectors."""

    found: tuple[str, ...]
    absent: tuple[str, ...]


def take_over(selection: Selection, tree: Path, lock: Lock, watch: PullWatch) -> Taken:
    """Take everything of a selection that a tree has.

    `tree` is the folder of a published version, the folder that holds several of them, or a weights folder. Files are
    linked where that can be done and copied otherwise; the tree is not changed.

    Raises:
        WeightsError: no such folder, nothing of the selection in it, or a file that is not what it should be.
    """
    if not tree.is_dir():
        raise WeightsError(f"{tree} is no folder; give --from the folder in which the published files lie")
    found: list[str] = []
    absent: list[str] = []
    for model in selection.models:
        taken = take_model(model, tree, lock)
        (found if taken else absent).append(model.model_id)
        if taken:
            watch.say(f"{model.model_id}: taken from {tree}")
    for table in selection.vectors:
        taken = take_vectors(table, tree, lock)
        (found if taken else absent).append(f"vectors/{table.engine}")
        if taken:
            watch.say(f"vectors/{table.engine}: taken from {tree}")
    if not found:
        raise WeightsError(
            f"{tree} has nothing that is looked for (for one, {_looked_for(selection)}); "
            "give --from the folder of a published version, such as 2025_06_24_OhLoRA_v4"
        )
    return Taken(tuple(found), tuple(absent))


def take_model(model: PublishedModel, tree: Path, lock: Lock) -> bool:
    """Take one model; false when the tree does not have it.

    Raises:
        WeightsError: a file is missing or is not what it should be, or another model has the place.
    """
    place = next((place for place in _places(model, tree) if _has_any(model, place)), None)
    if place is None:
        return False
    check_place(model, lock)
    weights = weight_files(place) if model.kind == "base" else ()
    if model.kind == "base" and not weights:
        raise WeightsError(
            f"{place} lacks model.safetensors, or parts that its index names; get {model.model_id} again"
        )
    for file in (*model.needed_files, *weights):
        if _source(place, file) is None:
            raise WeightsError(f"{place / file} is missing; get the whole of {model.model_id} again")
    for file in (*model.needed_files, *model.optional_files, *weights):
        source = _source(place, file)
        if source is not None:
            origin = Origin(FROM_FOLDER, str(source), model.model_id, digest=sha256_of(source))
            settle(source, file, model, lock, origin, keep=True)
    return True


def take_vectors(table: VectorSet, tree: Path, lock: Lock) -> bool:
    """Take one set of vectors; false when the tree does not have it.

    Raises:
        WeightsError: a table is missing or is not the published one.
    """
    folder = published_layout().version_folders[table.version]
    places = (tree / table.published_folder, tree / folder / table.published_folder, tree / table.local_folder)
    place = next((place for place in places if (place / table.files[0].name).is_file()), None)
    if place is None:
        return False
    for file in table.files:
        source = place / file.name
        if not source.is_file():
            raise WeightsError(f"{source} is missing; run `weights pull` without --from to fetch the vectors")
        settle_vector(
            source,
            table,
            file,
            lock,
            Origin(FROM_FOLDER, str(source), f"vectors/{table.engine}", digest=file.sha256),
            keep=True,
        )
    return True


def settle_vector(
    candidate: Path, table: VectorSet, file: VectorFile, lock: Lock, origin: Origin, *, keep: bool
) -> None:
    """Put a table of vectors into its place, once its SHA-256 is found to be the published one.

    Raises:
        WeightsError: it is another table.
    """
    if candidate.stat().st_size != file.size or sha256_of(candidate) != file.sha256:
        if not keep:
            candidate.unlink(missing_ok=True)
        raise WeightsError(f"{candidate} is not the published {file.name} (wrong hash); get it again")
    settle_at(candidate, file.name, f"{table.local_folder}/{file.name}", lock, origin, table=None, keep=keep)


def _places(model: PublishedModel, tree: Path) -> Iterable[Path]:
    folders = published_layout().version_folders
    yield tree / model.local_folder
    if model.kind == "base":  # it may lie beside any version, or under its own name
        yield from (tree / folder / model.local_folder for folder in folders.values())
        yield tree / model.homes[0].repo
    else:
        yield tree / folders[model.version] / model.local_folder


def _has_any(model: PublishedModel, place: Path) -> bool:
    # A tokenizer or config alone is no model; what makes one is its first needed file or its weights.
    telling = [file for file in model.needed_files if file.endswith((".pth", ".pt", ".safetensors"))]
    return any(_source(place, file) is not None for file in (*model.needed_files[:1], *telling))


def _source(place: Path, file: str) -> Path | None:
    """Return where a file lies, as published or already converted."""
    for name in (file, converted_name(file)):
        if (place / name).is_file():
            return place / name
    return None


def _looked_for(selection: Selection) -> str:
    if selection.models:
        model = selection.models[0]
        return f"{model.local_folder}/{model.needed_files[0]}"
    return f"{selection.vectors[0].published_folder}/{selection.vectors[0].files[0].name}"
