"""The loopback index itself: sockets, threads, the request log, and faults while sending."""

from __future__ import annotations

import socket
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from tests.loopback.answers import Features, Request, answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.loopback.failures import Answer, Failure
    from tests.loopback.store import Store

__all__ = ["Features", "IndexServer", "Request"]

DRIP_BYTES = 64


class IndexServer:
    """Serves *store* on a free port of 127.0.0.1 while the `with` block lasts.

    `latency` are seconds before each answer, as a far index has them; requests do not wait for each other.
    `store`, `features`, `failures` and `latency` may be changed while it runs.
    """

    def __init__(self, store: Store, features: Features | None = None, *, latency: float = 0.0) -> None:
        self.store = store
        self.features = features or Features()
        self.failures: list[Failure] = []
        self.latency = latency
        self.log: list[Request] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._released = threading.Event()
        self._released.set()
        self._http = _Server(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def base(self) -> str:
        """The server's address, without a slash at its end."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        """The index URL, as pip's and uv's `--index-url` takes it."""
        return f"{self.base}/simple/"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in the order of their answers."""
        return [request.path for request in self.log]

    def fail(self, *failures: Failure) -> None:
        """Let requests go wrong from now on; the first failure that takes a path spoils its answer."""
        with self._lock:
            self.failures.extend(failures)

    def answer(self, request: Request) -> Answer:
        """Return the answer to *request*, spoiled where a failure takes it, and log it."""
        found = answer(request, self.store, self.features)
        with self._lock:
            ranged = "range" in request.headers
            taking = (each for each in self.failures if each.takes(request.path, ranged=ranged))
            failure = next(taking, None)
            found = failure.spoil(found, request.path) if failure else found
            self.log.append(replace(request, status=found.status))
        return found

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Hold all answers back until the block ends: what `log` has grown by meanwhile was asked at once."""
        self._released.clear()
        try:
            yield
        finally:
            self._released.set()

    def pause(self, seconds: float) -> None:
        """Wait until answers are released, and then for *seconds*, but no longer than the server is up."""
        self._released.wait()
        if seconds:
            self._closing.wait(min(seconds, threading.TIMEOUT_MAX))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    """Threads that end with their server, also where a client keeps its connection open."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, index: IndexServer) -> None:
        self.index = index
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # closed by the client meanwhile

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing where a client has gone: tests make them do that; but do not hide our own mistakes."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection, kept alive."""

    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024  # head and body leave in one piece
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self.send(with_body=True)

    def do_HEAD(self) -> None:
        self.send(with_body=False)

    def send(self, *, with_body: bool) -> None:
        """Answer one request; hang, drip or cut the body off where the answer says so."""
        index = self.server.index
        headers = {key.lower(): value for key, value in self.headers.items()}
        found = index.answer(Request(method=self.command, path=self.path, headers=headers))
        index.pause(index.latency + found.hang)
        self.send_response(found.status)
        for key, value in found.headers.items():
            self.send_header(key, value)
        if found.status != 304:
            self.send_header("Content-Length", str(len(found.body) + found.missing))
        self.end_headers()
        if with_body:
            self.send_body(found)

    def send_body(self, found: Answer) -> None:
        """Write the body at the pace that the answer asks for."""
        step = DRIP_BYTES if found.drip else max(len(found.body), 1)
        for start in range(0, len(found.body), step):
            if start or found.drip:
                self.wfile.flush()
                self.server.index.pause(found.drip)
            self.wfile.write(found.body[start : start + step])
        if found.missing:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the parent's
        """Say nothing: `IndexServer.log` has it."""
