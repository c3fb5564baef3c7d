"""The embedded `mini` weights and their sums."""

from __future__ import annotations

from pathlib import Path

from weights.checked import Checked
from weights.digests import sha256_of
from weights.errors import WeightsError

EMBEDDED_FOLDER = Path(__file__).resolve().parent / "mini"
SUMS_FILE = "SHA256SUMS"
_LEFT_OUT = ("data",)  # what they learnt from, not weights
_FACE = ("face/config.json", "face/faces.json", "face/generator.safetensors", "face/vectors.safetensors")


def has_embedded_face(folder: Path = EMBEDDED_FOLDER) -> bool:
    """Tell whether the embedded faces are here."""
    return all((folder / file).is_file() for file in _FACE)


def embedded_files(folder: Path) -> list[str]:
    """Return the files of the embedded weights that have a sum, as sorted paths below the folder."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.suffix in (".json", ".safetensors"))
    return sorted(path.as_posix() for path in found if path.parts[0] not in _LEFT_OUT)


def record_embedded(folder: Path) -> int:
    """Write `SHA256SUMS` of the embedded weights (the format of sha256sum) and return the number of files."""
    names = embedded_files(folder)
    lines = [f"{sha256_of(folder / name)}  {name}\n" for name in names]
    (folder / SUMS_FILE).write_text("".join(lines), encoding="utf-8")
    return len(names)


def verify_embedded(folder: Path) -> list[Checked]:
    """Check the embedded weights against their `SHA256SUMS`.

    Raises:
        WeightsError: there is no such list, or it is damaged.
    """
    sums = folder / SUMS_FILE
    try:
        rows = [line.split("  ", 1) for line in sums.read_text(encoding="utf-8").splitlines() if line]
        wanted = {name: digest for digest, name in rows}
    except (OSError, ValueError) as error:
        raise WeightsError(f"{sums} cannot be read; restore it with git, or `weights verify --record` it") from error
    checked = [_check_sum(folder, name, digest) for name, digest in wanted.items()]
    unknown = [name for name in embedded_files(folder) if name not in wanted]
    return checked + [Checked(ok=False, name=name, text=f"not in {SUMS_FILE}; delete it") for name in unknown]


def _check_sum(folder: Path, name: str, digest: str) -> Checked:
    path = folder / name
    if not path.is_file():
        return Checked(ok=False, name=name, text="missing; restore it with git")
    if sha256_of(path) != digest:
        return Checked(ok=False, name=name, text="wrong hash; restore it with git")
    return Checked(ok=True, name=name, text="as published")
