"""The harness's hold on the replaying server, and a measurement of the server itself."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

_CLIENTS, _REQUESTS = 8, 2_000


class Index:
    """The server process; use it in a `with` block."""

    def __init__(self, data: Path) -> None:
        command = [sys.executable, "-m", "benchmarks.index", str(data)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        said = self._hear()
        self.bases: tuple[str, str] = (said["pages"], said["files"])

    def tell(self, **order: object) -> dict[str, Any]:
        """Hand an order to the server (see `benchmarks.index.__main__`); return its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def speed(index: Index, name: str, *, beside: str = "") -> dict[str, float]:
    """Return requests and bytes a second that the server manages: a page, or the metadata file *beside* one.

    A trivial client with a few connections kept alive: it only looks for the end of each answer.
    """
    index.tell(latency=0.0, full=True)
    host, _, port = index.bases[1 if beside else 0].removeprefix("http://").partition(":")
    path = f"/packages/{beside}.metadata" if beside else f"/simple/{name}/"
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    index.tell()
    workers = [threading.Thread(target=_ask, args=(host, int(port), request)) for _ in range(_CLIENTS)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - began
    counted = index.tell()
    assert counted["status-200"] == _REQUESTS
    return {"requests": counted["requests"] / seconds, "bytes": counted["bytes"] / seconds}


def _ask(host: str, port: int, request: bytes) -> None:
    buffer = bytearray(2**20)
    with socket.create_connection((host, port)) as connection:
        for _ in range(_REQUESTS // _CLIENTS):
            connection.sendall(request)
            head = connection.recv(65536)
            lines, _, body = head.partition(b"\r\n\r\n")
            left = int(lines.partition(b"Content-Length: ")[2].split(b"\r\n", 1)[0]) - len(body)
            while left > 0:
                left -= connection.recv_into(buffer, min(left, len(buffer)))
