"""The replaying server: documents rendered beforehand, one event loop, HTTP/1.1 with connections kept alive.

It must never be what a measured run waits for: a request costs it a look-up and one write. Latency is waited
for per request, and requests on other connections do not wait for it.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from benchmarks.index.project import version_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.index.project import Body, Change, Project, Release

_END = b"\r\n\r\n"
_REASONS = {
    200: "OK",
    206: "Partial Content",
    304: "Not Modified",
    404: "Not Found",
    416: "Range Not Satisfiable",
}


@dataclass(slots=True)
class State:
    """What the harness can change while the server runs; `latency` and `max_age` in seconds.

    `full`: caching headers, gzip, `.metadata` and the per-version JSON, as the default index has them.
    """

    latency: float = 0.0
    max_age: int = 600
    full: bool = True
    change: Change = None
    counters: Counter[str] = field(default_factory=Counter)


class Replay:
    """Answers for all projects; `files` is where files are, known once the second port is."""

    def __init__(self, find: Callable[[str], Project | None], state: State) -> None:
        self._find = find
        self.state = state
        self.files = ""
        self._projects: dict[str, Project | None] = {}

    def project(self, name: str) -> Project | None:
        """Return the project of the normalised *name*."""
        if name not in self._projects:
            self._projects[name] = self._find(name)
        return self._projects[name]

    def release(self, name: str, version: str) -> Release:
        """Return *version* of the project of the normalised *name*, which has it."""
        project = self.project(name)
        assert project is not None, name
        return project.release(version)

    def body(self, path: str) -> tuple[str, Body | None]:
        """Return the kind of thing that *path* is, for the counters, and the thing."""
        state = self.state
        if path.startswith("/simple/"):
            project = self.project(path[8:].rstrip("/"))
            page = project.page(self.files, beside=state.full, change=state.change) if project else None
            return "page", page
        if path.startswith("/packages/"):
            return self._file(unquote(path.rpartition("/")[2]))
        parts = path.split("/")
        if state.full and len(parts) == 5 and parts[1] == "pypi" and parts[4] == "json":
            project = self.project(parts[2])
            found = project.document(unquote(parts[3]), self.files, state.change) if project else None
            return "version-json", found
        return "other", None

    def _file(self, filename: str) -> tuple[str, Body | None]:
        wheel = filename.removesuffix(".metadata")
        if not wheel.endswith(".whl"):
            return "sdist", None
        name = re.sub(r"[-_.]+", "-", wheel.partition("-")[0]).lower()
        project = self.project(name)
        release = project.release(version_of(wheel)) if project else None
        if wheel == filename:
            return "wheel", release.wheel if release else None
        return "metadata", release.metadata if release and self.state.full else None


class Connection(asyncio.Protocol):
    """One client's connection; its requests are answered in turn."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._unread = b""
        self._busy = False
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._replay.state.counters["connections"] += 1

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if not self._busy:
            self._next()

    def _next(self) -> None:
        head, end, rest = self._unread.partition(_END)
        if not end:
            return
        self._unread = rest
        parts = answer(head, self._replay)
        latency = self._replay.state.latency
        if latency:
            self._busy = True
            self._loop.call_later(latency, partial(self._send, parts))
        else:
            self._send(parts)

    def _send(self, parts: list[bytes]) -> None:
        self._busy = False
        if not self._transport.is_closing():
            self._transport.writelines(parts)
        if self._unread:
            self._next()


def answer(head: bytes, replay: Replay) -> list[bytes]:
    """Return the response to the request *head*, counted."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    kind, found = replay.body(path)
    status, extra, body = _reply(found, headers, replay.state)
    said = f"HTTP/1.1 {status} {_REASONS[status]}\r\nDate: {_date()}\r\n{extra}"
    if status != 304:
        said += f"Content-Length: {len(body)}\r\n"
    parts = [said.encode() + b"\r\n"]
    if body and method != "HEAD":
        parts.append(body)
    counters = replay.state.counters
    counters["requests"] += 1
    counters["bytes"] += sum(map(len, parts))
    counters[kind] += 1
    counters[f"status-{status}"] += 1
    return parts


def _reply(found: Body | None, headers: dict[str, str], state: State) -> tuple[int, str, bytes]:
    if found is None:
        return 404, "", b""
    extra = f"Content-Type: {found.kind}\r\n"
    if state.full:
        lifetime = (
            "max-age=365000000, immutable, public" if found.immutable else f"max-age={state.max_age}, public"
        )
        extra += f"ETag: {found.etag}\r\nCache-Control: {lifetime}\r\nVary: Accept, Accept-Encoding\r\n"
        if found.etag in headers.get("if-none-match", ""):
            return 304, extra, b""
    if found.packed and state.full and "gzip" in headers.get("accept-encoding", ""):
        return 200, extra + "Content-Encoding: gzip\r\n", found.packed
    if not found.immutable:
        return 200, extra, found.plain
    return _ranged(headers.get("range", ""), extra + "Accept-Ranges: bytes\r\n", found.plain)


def _ranged(wanted: str, extra: str, body: bytes) -> tuple[int, str, bytes]:
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted)
    if match is None:
        return 200, extra, body
    first, last = match.groups()
    start = int(first) if first else max(0, len(body) - int(last or 0))
    end = min(int(last), len(body) - 1) if first and last else len(body) - 1
    if start > end:
        return 416, f"{extra}Content-Range: bytes */{len(body)}\r\n", b""
    return 206, f"{extra}Content-Range: bytes {start}-{end}/{len(body)}\r\n", body[start : end + 1]


_said: tuple[int, str] = (0, "")


def _date() -> str:
    """Return the Date header's value, made once a second."""
    global _said  # noqa: PLW0603
    now = int(time.time())
    if now != _said[0]:
        _said = now, formatdate(now, usegmt=True)
    return _said[1]
