"""Fetch published models from the model hub and vectors from the public repository into a weights folder."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from weights.base_files import INDEX_FILE, SINGLE_FILE, indexed_parts, weight_files
from weights.digests import is_checkable, sha256_of
from weights.errors import WeightsError
from weights.file_host import FileHost, NotThere, RemoteFile, TokenNeeded, hub_url
from weights.layout import Home, PublishedModel, Selection, VectorFile, VectorSet, published_layout
from weights.lock import Lock, Origin, Pin
from weights.presence import model_presence
from weights.progress import PullWatch
from weights.published_tree import settle_vector, take_model
from weights.settling import check_place, settle

REVISION = "main"
_SPARE_BYTES = 64 << 20


def free_bytes(folder: Path) -> int:
    """Return how much room there is."""
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where files are fetched from: models from the hub, which gets the token, and vectors from plain addresses."""

    hub: FileHost
    hub_base: str
    plain: FileHost
    vector_bases: Sequence[str]  # tried in order


class Puller:
    """Fetches into one weights folder."""

    def __init__(self, lock: Lock, hosts: Hosts, watch: PullWatch, free: Callable[[Path], int] = free_bytes) -> None:
        self._lock, self._hosts, self._watch, self._free = lock, hosts, watch, free

    def pull(self, selection: Selection) -> None:
        """Fetch everything of a selection that is not here yet.

        Raises:
            WeightsError: something cannot be fetched, or is not what it should be; what came before it stays.
        """
        for model in selection.models:
            self._pull_model(model)
        for table in selection.vectors:
            self._pull_vectors(table)

    def _pull_model(self, model: PublishedModel) -> None:
        check_place(model, self._lock)
        if model_fits(model, self._lock):
            self._watch.say(f"{model.model_id}: already here")
            return
        folder = self._lock.folder
        if not own_pins(model, self._lock) and model_presence(model, folder) == "here":
            take_model(model, folder, self._lock)
            self._watch.say(f"{model.model_id}: was placed here by hand; checked and pinned")
            return
        files = self._find(model)
        self._make_room(model, files)
        for file, (remote, home) in files.items():
            if not _is_settled(model.local_path(file), self._lock):
                self._fetch(model, file, remote, home)
        self._watch.say(f"{model.model_id}: fetched from {next(iter(files.values()))[1].repo}")

    def _find(self, model: PublishedModel) -> dict[str, tuple[RemoteFile, Home]]:
        """Find the first home that has all of a model, and what it says of each file."""
        if not model.homes:
            raise WeightsError(f"{model.model_id} has no published home; place it in {model.local_folder} by hand")
        pinned = {pin.origin.repo for pin in own_pins(model, self._lock).values()}
        failures: list[WeightsError] = []
        for home in sorted(model.homes, key=lambda home: home.repo not in pinned):
            try:
                return {file: (remote, home) for file, remote in self._look(model, home).items()}
            except (NotThere, TokenNeeded) as error:
                failures.append(error)
        # A home that asks for a token can still be opened; one that is gone cannot.
        raise next((error for error in failures if isinstance(error, TokenNeeded)), failures[-1])

    def _look(self, model: PublishedModel, home: Home) -> dict[str, RemoteFile]:
        files = {file: self._look_at(model, home, file) for file in model.needed_files}
        if model.kind == "base":
            files |= self._look_at_weights(model, home)
        for file in model.optional_files:
            try:
                files[file] = self._look_at(model, home, file)
            except (NotThere, TokenNeeded):
                continue
        commits = {remote.commit for remote in files.values()} - {None}
        if len(commits) > 1 and not own_pins(model, self._lock):
            raise WeightsError(f"{home.repo} changed while it was looked at; pull again")
        return files

    def _look_at_weights(self, model: PublishedModel, home: Home) -> dict[str, RemoteFile]:
        try:
            index = self._look_at(model, home, INDEX_FILE)
        except NotThere:
            return {SINGLE_FILE: self._look_at(model, home, SINGLE_FILE)}
        if not _is_settled(model.local_path(INDEX_FILE), self._lock):
            self._fetch(model, INDEX_FILE, index, home)
        parts = indexed_parts(self._lock.folder / model.local_path(INDEX_FILE))
        return {INDEX_FILE: index} | {part: self._look_at(model, home, part) for part in parts}

    def _look_at(self, model: PublishedModel, home: Home, file: str) -> RemoteFile:
        """Look at the commit that was pinned; where the hub has lost it, at the newest one."""
        path = f"{home.folder}/{file}" if home.folder else file
        pin = self._lock.get(model.local_path(file))
        if pin is not None and pin.origin.commit is not None and pin.origin.repo == home.repo:
            try:
                return self._hosts.hub.look(hub_url(self._hosts.hub_base, home.repo, pin.origin.commit, path))
            except NotThere:
                pass
        return self._hosts.hub.look(hub_url(self._hosts.hub_base, home.repo, REVISION, path))

    def _make_room(self, model: PublishedModel, files: dict[str, tuple[RemoteFile, Home]]) -> None:
        wanted = sum(
            remote.size or 0
            for file, (remote, _) in files.items()
            if not _is_settled(model.local_path(file), self._lock)
        )
        wanted *= 2 if model.kind == "tensors" else 1  # a checkpoint lies beside its conversion for a moment
        free = self._free(self._lock.folder)
        if wanted + _SPARE_BYTES > free:
            raise WeightsError(
                f"{model.model_id} needs {wanted >> 20} MiB and {free >> 20} MiB are free at {self._lock.folder}; "
                "make room or set OHLORA_DATA_DIR"
            )

    def _fetch(self, model: PublishedModel, file: str, remote: RemoteFile, home: Home) -> None:
        known = remote.digest if remote.digest is not None and is_checkable(remote.digest) else None
        part = self._part(model.local_path(file), file, known)
        self._hosts.hub.fetch(remote, part, self._watch)
        path = f"{home.folder}/{file}" if home.folder else file
        digest = known or sha256_of(part)
        settle(
            part, file, model, self._lock, Origin(home.repo, path, model.model_id, remote.commit, digest), keep=False
        )

    def _pull_vectors(self, table: VectorSet) -> None:
        names = {file: f"{table.local_folder}/{file.name}" for file in table.files}
        wanted = [file for file, name in names.items() if not _is_settled(name, self._lock)]
        for file in wanted:
            self._pull_vector(table, file)
        told = "fetched" if wanted else "already here"
        self._watch.say(f"vectors/{table.engine}: {told} ({len(table.files)} tables)")

    def _pull_vector(self, table: VectorSet, file: VectorFile) -> None:
        layout = published_layout()
        path = f"{layout.version_folders[table.version]}/{table.published_folder}/{file.name}"
        part = self._part(f"{table.local_folder}/{file.name}", file.name, file.sha256)
        for number, base in enumerate(self._hosts.vector_bases, 1):
            try:
                self._hosts.plain.fetch(RemoteFile(plain_url(base, path), file.size, file.sha256), part, self._watch)
                break
            except (NotThere, TokenNeeded):
                if number == len(self._hosts.vector_bases):
                    raise
        origin = Origin(base, path, f"vectors/{table.engine}", layout.vector_commit, file.sha256)
        settle_vector(part, table, file, self._lock, origin, keep=False)

    def _part(self, local: str, file: str, digest: str | None) -> Path:
        """Return where a download gathers; the digest in its name keeps parts of different contents apart."""
        place = (self._lock.folder / local).parent
        place.mkdir(parents=True, exist_ok=True)
        part = place / f"{Path(file).name}.{(digest or 'unknown')[:12]}.part"
        if digest is None:  # it may be of another content
            part.unlink(missing_ok=True)
        return part


def plain_url(base: str, path: str) -> str:
    """Return the address of a file of the public repository."""
    return f"{base.rstrip('/')}/{quote(path)}"


def own_pins(model: PublishedModel, lock: Lock) -> dict[str, Pin]:
    """Return the pins of a model's files."""
    pins = lock.below(model.local_folder)
    if model.kind != "tensors":
        return pins
    # Models that are one file share folders with others; the rest have folders of their own.
    own = {model.local_path(file) for file in model.needed_files}
    return {name: pin for name, pin in pins.items() if name in own}


def model_fits(model: PublishedModel, lock: Lock) -> bool:
    """Tell whether a model is here, whole, and as it was pinned."""
    wanted = [model.local_path(file) for file in model.needed_files]
    if model.kind == "base":
        weights = weight_files(lock.folder / model.local_folder)
        wanted += [model.local_path(file) for file in weights] or [model.local_path(SINGLE_FILE)]
    return all(name in lock for name in wanted) and all(lock.fits(name) for name in own_pins(model, lock))


def _is_settled(name: str, lock: Lock) -> bool:
    return name in lock and lock.fits(name)


@contextmanager
def one_pull(folder: Path) -> Iterator[Lock]:
    """Make a weights folder and hold it for one pull at a time.

    Raises:
        WeightsError: another pull is running, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        gate = (folder / ".pull").open("w")
    except OSError as error:
        raise WeightsError(
            f"cannot write to {folder} ({error.strerror}); check its rights or OHLORA_DATA_DIR"
        ) from error
    with gate:
        try:
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WeightsError(f"another pull into {folder} is running; wait for it") from error
        yield Lock.read(folder)
