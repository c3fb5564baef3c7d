"""Digests of files, as the lock file and the model hub write them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

SHA256, GIT_SHA1 = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{40}")
_CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git_sha1_of(path: Path) -> str:
    """Return the name that git gives to a file's content: SHA-1 of `blob <size>`, a zero byte and the content."""
    digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def is_checkable(digest: str) -> bool:
    """Tell whether a digest is a SHA-256 (64 hex digits) or git's SHA-1 (40)."""
    return bool(SHA256.fullmatch(digest) or GIT_SHA1.fullmatch(digest))


def matches(path: Path, digest: str) -> bool:
    """Tell whether a file has a digest: SHA-256 (64 digits) or git's SHA-1 (40 digits); others cannot be checked."""
    if SHA256.fullmatch(digest):
        return sha256_of(path) == digest
    if GIT_SHA1.fullmatch(digest):
        return git_sha1_of(path) == digest
    return True
