"""`weights.lock.json`: what each file of a weights folder was when it came, so that later it can be checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from weights.digests import sha256_of
from weights.errors import WeightsError

LOCK_FILE = "weights.lock.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file came from: a repository (or `folder`), its commit if known, the path there, and the digest there.

    `model` is the id of the published model that it belongs to, or its set of vectors.
    """

    repo: str
    path: str
    model: str
    commit: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A file as it lies in the weights folder: SHA-256, size in bytes, origin."""

    sha256: str
    size: int
    origin: Origin


class Lock:
    """The pins of one weights folder; every change is on disk before `add` returns."""

    def __init__(self, folder: Path, pins: Mapping[str, Pin]) -> None:
        self.folder = folder
        self._pins = dict(pins)

    @classmethod
    def read(cls, folder: Path) -> Lock:
        """Read the lock file of a weights folder; without one there are no pins.

        Raises:
            WeightsError: the file is damaged.
        """
        path = folder / LOCK_FILE
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
            if table["format"] != _FORMAT:
                raise ValueError(f"format {table['format']}")
            pins = {
                name: Pin(row["sha256"], row["size"], Origin(**row["origin"])) for name, row in table["files"].items()
            }
        except FileNotFoundError:
            pins = {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise WeightsError(f"{path} is damaged ({error}); restore it, or delete it to pin anew") from error
        return cls(folder, pins)

    def __contains__(self, name: str) -> bool:
        return name in self._pins

    def get(self, name: str) -> Pin | None:
        """Return the pin of a file, named by its path below the folder with forward slashes."""
        return self._pins.get(name)

    def below(self, folder: str) -> dict[str, Pin]:
        """Return the pins of the files below a folder."""
        return {name: pin for name, pin in self._pins.items() if name.startswith(f"{folder}/")}

    def names(self) -> list[str]:
        """Return every pinned file."""
        return sorted(self._pins)

    def add(self, name: str, pin: Pin) -> None:
        """Pin a file and write the lock file."""
        self._pins[name] = pin
        path = self.folder / LOCK_FILE
        rows = {key: asdict(self._pins[key]) for key in sorted(self._pins)}
        draft = path.with_name(f"{LOCK_FILE}.new")
        draft.write_text(json.dumps({"format": _FORMAT, "files": rows}, indent=1, ensure_ascii=False) + "\n", "utf-8")
        draft.replace(path)

    def fits(self, name: str) -> bool:
        """Tell whether a pinned file is there with the content it was pinned with."""
        pin, path = self._pins[name], self.folder / name
        return path.is_file() and path.stat().st_size == pin.size and sha256_of(path) == pin.sha256


def check_pinned(path: Path) -> None:
    """Check a file against the lock file of the weights folder it lies in; without a pin there is nothing to check.

    Loaders call this before they open a file.

    Raises:
        WeightsError: the file is not what it was when it was pinned.
    """
    place = path.absolute()
    for folder in place.parents:
        if (folder / LOCK_FILE).is_file():
            name = place.relative_to(folder).as_posix()
            lock = Lock.read(folder)
            if name in lock and not lock.fits(name):
                raise WeightsError(
                    f"{path} is not the file that was pinned in {LOCK_FILE}; delete it and run `weights pull` again"
                )
            return
