"""Check the files of a weights folder against what they should be."""

from __future__ import annotations

from pathlib import Path

from weights.checked import Checked
from weights.layout import PublishedModel, Selection
from weights.lock import LOCK_FILE, Lock
from weights.presence import model_presence, vectors_presence


def verify_folder(selection: Selection, folder: Path) -> list[Checked]:
    """Check every pinned file of a weights folder, and that nothing of the selection is missing.

    Raises:
        WeightsError: the lock file is damaged.
    """
    lock = Lock.read(folder)
    rows = [_check(lock, name) for name in lock.names()]
    rows += [_absent(model, folder) for model in selection.models if model_presence(model, folder) != "here"]
    rows += [_unpinned(model) for model in selection.models if _is_unpinned(model, lock)]
    for table in selection.vectors:
        if vectors_presence(table, folder) != "here":
            rows.append(Checked(ok=False, name=f"vectors/{table.engine}", text="missing; run `weights pull`"))
    return rows


def _check(lock: Lock, name: str) -> Checked:
    path = lock.folder / name
    if not path.is_file():
        return Checked(ok=False, name=name, text="missing; run `weights pull`")
    if not lock.fits(name):
        return Checked(ok=False, name=name, text="wrong hash; delete it and run `weights pull`")
    return Checked(ok=True, name=name, text="as pinned")


def _absent(model: PublishedModel, folder: Path) -> Checked:
    state = "incomplete" if model_presence(model, folder) == "partly" else "missing"
    return Checked(ok=False, name=model.model_id, text=f"{state}; run `weights pull`")


def _is_unpinned(model: PublishedModel, lock: Lock) -> bool:
    here = model_presence(model, lock.folder) == "here"
    return here and not all(model.local_path(file) in lock for file in model.needed_files)


def _unpinned(model: PublishedModel) -> Checked:
    return Checked(ok=False, name=model.model_id, text=f"not in {LOCK_FILE}; run `weights pull` to check and pin it")
