"""A file takes its place in a weights folder: checked, converted if it is a checkpoint, pinned."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

from weights.digests import SHA256, matches, sha256_of
from weights.errors import WeightsError
from weights.layout import CHECKPOINT_SUFFIXES, PublishedModel, TensorTable
from weights.lock import LOCK_FILE, Lock, Origin, Pin
from weights.tensors import check_safetensors, convert_checkpoint


def check_place(model: PublishedModel, lock: Lock) -> None:
    """Refuse a model whose place in the weights folder another model has.

    Raises:
        WeightsError: it has.
    """
    for file in model.needed_files:
        pin = lock.get(model.local_path(file))
        if pin is not None and pin.origin.model != model.model_id:
            raise WeightsError(
                f"{pin.origin.model} is in {lock.folder / model.local_folder}, where {model.model_id} belongs; "
                "pull that into a weights folder of its own (OHLORA_WEIGHTS_DIR)"
            )


def settle(candidate: Path, file: str, model: PublishedModel, lock: Lock, origin: Origin, *, keep: bool) -> None:
    """Put a candidate for a model's `file` into its place and pin it.

    `keep` leaves the candidate where it is (a person's own file); else it is moved, and removed when it is refused.

    Raises:
        WeightsError: the candidate is not what it should be; the message names it and what to do.
    """
    settle_at(candidate, file, model.local_path(file), lock, origin, table=model.tensors, keep=keep)


def settle_at(
    candidate: Path, file: str, local: str, lock: Lock, origin: Origin, *, table: TensorTable | None, keep: bool
) -> None:
    """As `settle`, for any file and place.

    Raises:
        WeightsError: as `settle`.
    """
    target = lock.folder / local
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _check_origin(candidate, local, lock, origin)
        if file.endswith(CHECKPOINT_SUFFIXES) and candidate.suffix != ".safetensors":
            convert_checkpoint(candidate, target, table)
        else:
            _check_content(candidate, file, table)
            if not (target.exists() and target.samefile(candidate)):
                _place(candidate, target, keep=keep)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise WeightsError(f"the disk is full at {target.parent}; make room and pull again") from error
        raise WeightsError(f"cannot write {target} ({error.strerror}); check the folder's rights") from error
    except WeightsError:
        if not keep:
            candidate.unlink(missing_ok=True)
        raise
    if not keep:
        candidate.unlink(missing_ok=True)
    lock.add(local, Pin(sha256_of(target), target.stat().st_size, origin))


def _check_origin(candidate: Path, local: str, lock: Lock, origin: Origin) -> None:
    """Compare with what the home says and with what was pinned at the first pull."""
    if origin.digest is not None and not matches(candidate, origin.digest):
        raise WeightsError(f"{origin.path} of {origin.repo} has a wrong hash; pull again, or check who serves it")
    pin = lock.get(local)
    if pin is None:
        return
    known = pin.origin.digest
    if known is not None and SHA256.fullmatch(known):
        same = sha256_of(candidate) in (known, pin.sha256)
    else:
        same = (known is not None and matches(candidate, known)) or sha256_of(candidate) == pin.sha256
    if not same:
        raise WeightsError(
            f"{candidate.name} is not the {local} that was pinned at the first pull; "
            f"to accept it, delete that entry from {lock.folder / LOCK_FILE}"
        )


def _check_content(candidate: Path, file: str, table: TensorTable | None) -> None:
    suffix = Path(file).suffix
    if suffix in (".safetensors", *CHECKPOINT_SUFFIXES):
        check_safetensors(candidate, table)
    elif suffix == ".json":
        try:
            json.loads(candidate.read_text(encoding="utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise WeightsError(f"{candidate} is no JSON; get it again") from error


def _place(candidate: Path, target: Path, *, keep: bool) -> None:
    """Move a candidate to its place; a file to keep is linked where that can be done, else copied."""
    if not keep:
        candidate.replace(target)
        return
    draft = target.with_name(f"{target.name}.new")
    draft.unlink(missing_ok=True)
    try:
        os.link(candidate.resolve(), draft)
    except OSError:
        shutil.copyfile(candidate, draft)
    draft.replace(target)
