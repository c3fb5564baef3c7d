"""Files over HTTP: what a host says about a file, and downloads that go on where they were cut."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from urllib.parse import quote, urljoin, urlsplit

import httpx

from weights.errors import WeightsError
from weights.progress import PullWatch

_REDIRECTS = 5
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_WAIT_S = 60.0
T = TypeVar("T")


class NotThere(WeightsError):
    """The host has no such file."""


class TokenNeeded(WeightsError):
    """The host does not show the file without a (different) token."""


class _Interrupted(Exception):
    """A try that may succeed when it is made again; the text says what happened."""

    def __init__(self, what: str, wait_s: float | None = None) -> None:
        super().__init__(what)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """What a host says of a file: address, size in bytes, digest (SHA-256 or git's SHA-1) and commit."""

    url: str
    size: int | None = None
    digest: str | None = None
    commit: str | None = None

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.url.rpartition("/")[2]


def hub_url(base: str, repo: str, revision: str, path: str) -> str:
    """Return the address of a file of a model repository."""
    return f"{base.rstrip('/')}/{repo}/resolve/{quote(revision, safe='')}/{quote(path)}"


class FileHost:
    """A client for the model hub and for plain file hosts.

    `timeout_s` is the longest silence of a connection, not the length of a download. `tries` counts tries in a row
    without a new byte.
    """

    def __init__(
        self,
        *,
        token: str | None = None,
        timeout_s: float = 30.0,
        tries: int = 5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Open a client; `token` is sent to the host of the first address only, never along a redirect elsewhere."""
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_s), headers={"Accept-Encoding": "identity", "User-Agent": "oh-lora"}
        )
        self._authorization = {"Authorization": f"Bearer {token}"} if token else {}
        self._timeout_s, self._tries, self._sleep = timeout_s, tries, sleep

    def __enter__(self) -> FileHost:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def look(self, url: str) -> RemoteFile:
        """Ask what a host knows of a file, without its content.

        Raises:
            NotThere: there is no such file.
            TokenNeeded: it is not shown without a token.
            WeightsError: the host does not answer.
        """
        return self._again_and_again(url, lambda: self._look_once(url))

    def _look_once(self, url: str) -> RemoteFile:
        headers: dict[str, str] = {}
        place = url
        for _ in range(_REDIRECTS):
            response = self._client.head(place, headers=self._authorization)
            for name in ("x-linked-etag", "etag", "x-linked-size", "x-repo-commit", "content-length"):
                # A redirect's own length says nothing; what it tells of the file in other headers is what counts.
                if name in response.headers and not (response.is_redirect and name in ("etag", "content-length")):
                    headers.setdefault(name, response.headers[name])
            if not response.is_redirect:
                break
            # A store behind the hub need not answer HEAD, and must not see the token.
            following = urljoin(place, response.headers["location"])
            if urlsplit(following).netloc != urlsplit(url).netloc:
                break
            place = following
        if not response.is_redirect:
            self._check_status(response, url)
        size = headers.get("x-linked-size") or headers.get("content-length") or ""
        tag = headers.get("x-linked-etag") or headers.get("etag") or ""
        return RemoteFile(
            url=url,
            size=int(size) if size.isdigit() else None,
            digest=tag.removeprefix("W/").strip('"').lower() or None,
            commit=headers.get("x-repo-commit"),
        )

    def fetch(self, remote: RemoteFile, part: Path, watch: PullWatch) -> None:
        """Download a file into `part`; what is already there is kept and the rest is asked for.

        Raises:
            NotThere: there is no such file.
            TokenNeeded: it is not shown without a token.
            WeightsError: the link is too slow or broken, or the disk is full; the part stays for the next time.
        """
        watch.begin(remote.name, remote.size, _size(part))
        try:
            self._again_and_again(remote.url, lambda: self._fetch_once(remote, part, watch), lambda: _size(part))
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise WeightsError(
                    f"the disk is full at {part.parent}; make room and pull again, it goes on"
                ) from error
            raise WeightsError(f"cannot write {part} ({error.strerror}); check the folder's rights") from error
        finally:
            watch.end()

    def _fetch_once(self, remote: RemoteFile, part: Path, watch: PullWatch) -> None:
        have = _size(part)
        if remote.size is not None and have == remote.size:
            return
        if remote.size is not None and have > remote.size:
            part.unlink()
            have = 0
        headers = dict(self._authorization) | ({"Range": f"bytes={have}-"} if have else {})
        with self._client.stream("GET", remote.url, headers=headers, follow_redirects=True) as response:
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink()
                raise _Interrupted("it has another length than before")
            self._check_status(response, remote.url)
            goes_on = response.status_code == httpx.codes.PARTIAL_CONTENT
            with part.open("ab" if goes_on else "wb") as file:
                watch.at(have if goes_on else 0)
                for chunk in response.iter_bytes():
                    file.write(chunk)
                    watch.advance(len(chunk))
        if remote.size is not None and _size(part) < remote.size:
            raise _Interrupted("the connection was cut")

    def _again_and_again(self, url: str, work: Callable[[], T], progress: Callable[[], int] = lambda: 0) -> T:
        """Do work until it succeeds or has failed `tries` times in a row without progress."""
        failed, best = 0, progress()
        while True:
            wait_s: float | None = None
            try:
                return work()
            except httpx.TimeoutException:
                what = f"no data for {self._timeout_s:g} s"
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
                raise WeightsError(f"{url} is not an address ({error}); check HF_ENDPOINT or --hub") from error
            except httpx.TransportError as error:
                what = str(error) or type(error).__name__
            except _Interrupted as error:
                what, wait_s = str(error), error.wait_s
            failed = 0 if progress() > best else failed + 1
            best = max(best, progress())
            if failed >= self._tries:
                raise WeightsError(
                    f"{url} could not be fetched ({what}); pull again later, it goes on where it stopped"
                )
            self._sleep(min(_LONGEST_WAIT_S, 2.0**failed / 2 if wait_s is None else wait_s))

    def _check_status(self, response: httpx.Response, url: str) -> None:
        status = response.status_code
        if response.is_success:
            return
        if status in (401, 403):
            told = "refuses the token in HF_TOKEN" if self._authorization else "asks for a token: set HF_TOKEN"
            raise TokenNeeded(
                f"{url} {told} ({status}); accept the terms on the model's page, or the repository is gone or private"
            )
        if status in (404, 410):
            raise NotThere(f"{url} is not there ({status}); see `weights list` for where models are published")
        if status in _BUSY:
            wait = response.headers.get("retry-after", "")
            raise _Interrupted(f"the host answers {status}", float(wait) if wait.isdigit() else None)
        raise WeightsError(f"{url} answers {status}; check the address, or pull again later")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
