"""The only place where a test meets a clock: how long it waits for what must come.

No machine is too slow for this patience, and it comes to an end where something hangs. So no test says how
quickly anything happens: what must be quick is counted. `tests/test_tests.py` holds all tests to it.
"""

from __future__ import annotations

import os
import select
import subprocess
from time import monotonic, sleep
from typing import TYPE_CHECKING, TypeVar

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds for what must come; also for the program under test, where a server of ours answers it."""
IMPATIENCE = 0.3
"""Seconds that the program under test is given for an answer that never comes: no machine changes that."""


def answer(future: Future[T]) -> T:
    """Return the result of *future*, or raise what it holds."""
    try:
        return future.result(PATIENCE)
    except TimeoutError:
        if future.done():  # it is the future's own
            raise
    pytest.fail(f"no answer within {PATIENCE:g} s")


def eventually(condition: Callable[[], T], what: str) -> T:
    """Return what *condition* gives once that is true; *what* says so, for where it never is."""
    end = monotonic() + PATIENCE
    while not (found := condition()):
        if monotonic() > end:
            pytest.fail(f"not within {PATIENCE:g} s: {what}")
        sleep(0.01)
    return found


def ended(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """Return what *process* wrote to its pipes (nothing where it has none) until it ended by itself."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        pytest.fail(f"it did not end within {PATIENCE:g} s; its errors: {err!r}")
    return out or b"", err or b""


def read_until(descriptor: int, text: bytes | None = None) -> bytes:
    """Return what can be read until *text* has come, or else until the other end has gone."""
    seen = b""
    while text is None or text not in seen:
        if not select.select([descriptor], [], [], PATIENCE)[0]:
            pytest.fail(f"nothing more to read within {PATIENCE:g} s, after {seen!r}")
        try:
            part = os.read(descriptor, 2**16)
        except OSError:  # how a terminal says that the other end has gone
            part = b""
        if not part:
            assert text is None, f"it ended before {text!r} came: {seen!r}"
            return seen
        seen += part
    return seen


def impatient(monkeypatch: pytest.MonkeyPatch, which: Callable[[httpx.Request], bool]) -> None:
    """Let archcheck wait for the answers to the requests that *which* picks as if it had no patience.

    The server must leave these without an answer; all others are waited for as long as archcheck is told to.
    """
    send = httpx.AsyncHTTPTransport.handle_async_request

    async def sent(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        if which(request):
            soon = httpx.Timeout(IMPATIENCE).as_dict()
            request.extensions = {**request.extensions, "timeout": soon}
        return await send(transport, request)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", sent)
