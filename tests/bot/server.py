"""A loopback forge: sockets, tokens, scripted failures and the request log; what it answers is in `github`, `gitlab`."""

from __future__ import annotations

import copy
import hashlib
import json
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked; `query` has the last value of each name."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    document: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered; `drop` closes the connection instead."""

    status: int = 200
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False


@dataclass(slots=True, kw_only=True)
class Script:
    """Spoils the next *times* requests of *method* whose path ends in *path*; `done` lets them happen first."""

    method: str
    path: str
    answer: Answer
    times: int = 1
    done: bool = False


class ForgeServer(ABC):
    """Serves on a free port of 127.0.0.1 while the `with` block lasts; subclasses say what is answered."""

    prefix = ""
    page_size = 30

    def __init__(self, tokens: dict[str, str]) -> None:
        self.tokens = tokens
        self.log: list[Request] = []
        self.statuses: list[int] = []
        self.scripts: list[Script] = []
        self.faults: list[str] = []
        self.before_write: Callable[[Request], None] | None = None
        self.lag = 0
        """By how many reads the list of comments is behind what was written."""
        self._states: list[list[Any]] = []
        self._lock = threading.RLock()
        self._http = _Http(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def base(self) -> str:
        """Return the address without the API's own path."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def writes(self) -> list[str]:
        """Return what was sent, as `METHOD path`."""
        return [f"{r.method} {r.path}" for r in self.log if r.method != "GET"]

    def fail(
        self, method: str, path: str, status: int, message: str = "", times: int = 1, **more: Any
    ) -> None:
        """Let requests go wrong from now on."""
        headers = {name.replace("_", "-"): str(value) for name, value in more.pop("headers", {}).items()}
        answer = Answer(status=status, document={"message": message}, headers=headers, drop=status == 0)
        self.scripts.append(Script(method=method, path=path, answer=answer, times=times, **more))

    def reply(self, request: Request) -> Answer:
        """Return the answer: a scripted one, one about the token, else the forge's own."""
        with self._lock:
            self.log.append(request)
            for script in self.scripts:
                if script.times and script.method == request.method and request.path.endswith(script.path):
                    script.times -= 1
                    if script.done:
                        self.answer(request, "")
                    return script.answer
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            login = self.tokens.get(token)
            if login is None:
                return Answer(status=401, document={"message": "Bad credentials"})
            if request.method != "GET" and self.before_write:
                self.before_write(request)
            return self.answer(request, login)

    @abstractmethod
    def answer(self, request: Request, login: str) -> Answer:
        """Return the forge's own answer to *login*."""

    def differences(self, request: Request, answer: Answer) -> list[str]:
        """Return in what an answer is not one that the forge would give, as far as its description tells."""
        return []

    def page(self, request: Request, items: list[Any]) -> Answer:
        """Return one page of *items*, with the `Link` header that leads on."""
        size = min(int(request.query.get("per_page", self.page_size)), 100)
        number = int(request.query.get("page", 1))
        headers = {}
        if number * size < len(items):
            query = "&".join(f"{k}={v}" for k, v in {**request.query, "page": str(number + 1)}.items())
            url = f"{self.base}{request.path}?{query}"
            headers["Link"] = f'<{url}>; rel="next", <{url}>; rel="last"'
        return Answer(document=items[(number - 1) * size : number * size], headers=headers)

    def behind(self, items: list[Any]) -> list[Any]:
        """Return what is listed of *items*: those of `lag` reads ago."""
        self._states.append(copy.deepcopy(items))
        return self._states[max(len(self._states) - 1 - self.lag, 0)]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, forge: ForgeServer) -> None:
        self.forge = forge
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        """Keep quiet about clients that went away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a body waits 40 ms behind its headers
    server: _Http

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=parts.path,
            query={name: values[-1] for name, values in parse_qs(parts.query).items()},
            headers={name.lower(): value for name, value in self.headers.items()},
            document=json.loads(body) if body else None,
        )
        answer = self.server.forge.reply(request)
        self.server.forge.faults += self.server.forge.differences(request, answer)
        if answer.drop:
            self.close_connection = True
            return
        self._send(answer, request)

    def _send(self, answer: Answer, request: Request) -> None:
        data = b"" if answer.status in {204, 304} else json.dumps(answer.document).encode()
        tag = f'W/"{hashlib.sha256(data).hexdigest()[:20]}"'
        status = answer.status
        if request.method == "GET" and status == 200 and request.headers.get("if-none-match") == tag:
            status, data = 304, b""
        self.server.forge.statuses.append(status)
        self.send_response(status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if status in {200, 304} and request.method == "GET":
            self.send_header("ETag", tag)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
