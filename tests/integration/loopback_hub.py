"""A model hub on 127.0.0.1: repositories of files, large ones behind a redirect to a store, faults on demand."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from dataclasses import dataclass, field

from aiohttp import web

LARGE = 4096  # from here on a file lies in the store, as large files of the real hub do


@dataclass
class Request:
    method: str
    path: str
    range: str | None
    authorization: str | None
    host: str


@dataclass
class LoopbackHub:
    """Serve `files`, keyed by (repository, path); the fields below are the faults."""

    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    plain: dict[str, bytes] = field(default_factory=dict)
    commit: str = "c" * 40
    old_commits: dict[str, dict[tuple[str, str], bytes]] = field(default_factory=dict)
    needs_token: set[str] = field(default_factory=set)
    wrong_tag: str | None = None
    cut_after: int | None = None  # bytes after which a download's connection ends, again and again
    cuts_left: int = 1_000
    stall_after: int | None = None
    pause_s: float = 0.0
    ignores_range: bool = False
    busy: int = 0  # times it answers 503
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> LoopbackHub:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, *error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/store/{digest}", self._store)
        app.router.add_route("*", "/plain/{path:.+}", self._plain)
        app.router.add_route("*", "/{owner}/{name}/resolve/{revision}/{path:.+}", self._resolve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    def _note(self, request: web.Request) -> None:
        headers = request.headers
        self.requests.append(
            Request(request.method, request.path, headers.get("Range"), headers.get("Authorization"), request.host)
        )

    async def _resolve(self, request: web.Request) -> web.StreamResponse:
        self._note(request)
        if self.busy:
            self.busy -= 1
            return web.Response(status=503, headers={"Retry-After": "0"})
        repo = f"{request.match_info['owner']}/{request.match_info['name']}"
        if repo in self.needs_token and "Authorization" not in request.headers:
            return web.Response(status=401)
        revision = request.match_info["revision"]
        if revision in ("main", self.commit):
            files, commit = self.files, self.commit
        else:
            files, commit = self.old_commits.get(revision, {}), revision
        content = files.get((repo, request.match_info["path"]))
        if content is None:
            return web.Response(status=404)
        headers = {"X-Repo-Commit": commit}
        if len(content) < LARGE:
            blob = b"blob %d\0" % len(content) + content
            headers["ETag"] = f'"{self.wrong_tag or hashlib.sha1(blob).hexdigest()}"'
            return await self._send(request, content, headers)
        digest = hashlib.sha256(content).hexdigest()
        self._stored = getattr(self, "_stored", {}) | {digest: content}
        headers |= {"X-Linked-ETag": f'"{self.wrong_tag or digest}"', "X-Linked-Size": str(len(content))}
        # Another host, as the real store is: by name instead of by number.
        headers["Location"] = f"http://localhost:{self.port}/store/{digest}"
        return web.Response(status=302, headers=headers)

    async def _store(self, request: web.Request) -> web.StreamResponse:
        self._note(request)
        if request.method == "HEAD":
            return web.Response(status=403)
        return await self._send(request, self._stored[request.match_info["digest"]], {})

    async def _plain(self, request: web.Request) -> web.StreamResponse:
        self._note(request)
        content = self.plain.get(request.match_info["path"])
        return web.Response(status=404) if content is None else await self._send(request, content, {})

    async def _send(self, request: web.Request, content: bytes, headers: dict[str, str]) -> web.StreamResponse:
        wanted = request.headers.get("Range")
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and not self.ignores_range else 0
        response = web.StreamResponse(status=206 if start else 200, headers=headers)
        response.content_length = len(content) - start
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        step = 1000 if self.pause_s else max(len(content), 1)
        limit = len(content)
        if self.cut_after is not None and self.cuts_left:
            limit, self.cuts_left = min(limit, start + self.cut_after), self.cuts_left - 1
        if self.stall_after is not None:
            limit = min(limit, max(start, self.stall_after))
        for at in range(start, limit, step):
            await response.write(content[at : min(at + step, limit)])
            await asyncio.sleep(self.pause_s)
        if limit < len(content):
            if self.stall_after is not None:
                await asyncio.sleep(5)
            assert request.transport is not None
            request.transport.close()
        return response
