"""Answers, and what can go wrong with them on purpose."""

from __future__ import annotations

import fnmatch
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole response before it is sent; `missing` bytes of the promised body are never sent.

    `hang` are seconds of silence before the first byte, `drip` seconds before each further 64 bytes of body.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    missing: int = 0
    hang: float = 0.0
    drip: float = 0.0


@dataclass(slots=True, kw_only=True)
class Failure:
    """A fault in the answers to the paths that match `pattern` (a glob over path and query).

    `times` is how many answers it spoils before it stops, None for all. `ranged` True takes requests for a
    part alone, False those for the whole. What is None or zero is left as the right answer has it, so faults
    combine. `cut_off` is the share of the body that arrives.
    """

    pattern: str
    times: int | None = None
    ranged: bool | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    hang: float = 0.0
    cut_off: float | None = None
    drip: float = 0.0

    def takes(self, path: str, *, ranged: bool = False) -> bool:
        """Say whether this answer is to be spoiled, and count it."""
        if self.times == 0 or not fnmatch.fnmatchcase(path, self.pattern):
            return False
        if self.ranged not in {None, ranged}:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def spoil(self, answer: Answer, path: str) -> Answer:
        """Return *answer* (to *path*) with the fault in it; an empty Location becomes the path: a loop."""
        headers = {**answer.headers, **self.headers}
        if headers.get("Location") == "":
            headers["Location"] = path
        status = self.status or answer.status
        if self.body is not None:  # another answer, of which nothing that the client may have is a copy
            headers.pop("Content-Encoding", None)
            headers.pop("ETag", None)
            status = self.status or (200 if answer.status == NOT_MODIFIED else answer.status)
        body = answer.body if self.body is None else self.body
        keep = len(body) if self.cut_off is None else int(len(body) * self.cut_off)
        return replace(
            answer,
            status=status,
            headers=headers,
            body=body[:keep],
            missing=len(body) - keep,
            hang=self.hang,
            drip=self.drip,
        )


def too_many_requests(pattern: str, *, retry_after: str = "0", times: int | None = 1) -> Failure:
    """429 with Retry-After: seconds, or an HTTP date."""
    return Failure(pattern=pattern, times=times, status=429, headers={"Retry-After": retry_after}, body=b"")


def server_error(pattern: str, *, status: int = 500, times: int | None = 1) -> Failure:
    """5xx with a page in HTML, as a proxy gives it."""
    return Failure(
        pattern=pattern,
        times=times,
        status=status,
        headers={"Content-Type": "text/html"},
        body=b"<h1>oops</h1>",
    )


def hang(pattern: str, *, times: int | None = None) -> Failure:
    """Silence without an answer; closing the server ends it."""
    return Failure(pattern=pattern, times=times, hang=math.inf)


def cut_off(pattern: str, *, keep: float = 0.5, times: int | None = None) -> Failure:
    """A body that ends before its Content-Length, and the connection with it."""
    return Failure(pattern=pattern, times=times, cut_off=keep)


def bad_body(pattern: str, body: bytes = b'{"files": [', *, times: int | None = None) -> Failure:
    """200 with the right content type and another body: by default JSON that ends too soon."""
    return Failure(pattern=pattern, times=times, status=200, body=body)


def wrong_type(pattern: str, content_type: str = "text/plain", *, times: int | None = None) -> Failure:
    """The right body under another content type."""
    return Failure(pattern=pattern, times=times, headers={"Content-Type": content_type})


def redirect(pattern: str, location: str = "", *, status: int = 302, times: int | None = None) -> Failure:
    """A redirect; to the same address (a loop) where *location* is empty."""
    return Failure(pattern=pattern, times=times, status=status, headers={"Location": location}, body=b"")


def slow_drip(pattern: str, *, seconds: float = 0.2, times: int | None = None) -> Failure:
    """A body that arrives 64 bytes at a time with a pause before each."""
    return Failure(pattern=pattern, times=times, drip=seconds)
