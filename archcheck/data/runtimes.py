"""The shape of `runtimes.toml`: bases, AWS Lambda runtimes and CPython releases."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotations at run time
from functools import cache

import msgspec

from archcheck.data import load


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where facts come from, and when they were gathered."""

    text: str
    gathered: date


class Base(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An operating system or official image; `libc` as in `glibc 2.36`.

    `python_image` is the end of the tag of Docker's official `python` image that stands on it, where there is
    one. `aarch64_pages` are those of its own kernels for aarch64, in KiB; a container has its host's.
    """

    title: str
    libc: str
    source: str
    package_manager: str
    aarch64_pages: int = 4
    python_image: str | None = None
    aliases: tuple[str, ...] = ()


class AlpineMusl(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The musl of Alpine 3.`since` and the releases after it."""

    since: int
    libc: str
    source: str


class LambdaRuntime(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One managed Python runtime: the name of its base, its end of support, the end of function updates.

    Without dates it is named by AWS's own models, and its documents do not speak of it yet: its base is a
    guess, and nobody is led to it.
    """

    base: str
    deprecated: date | None = None
    blocked: date | None = None
    source: str

    @property
    def documented(self) -> bool:
        """Return whether AWS says on what it stands and for how long."""
        return self.deprecated is not None


class PythonLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The newest patch release known of one CPython line."""

    newest: int
    source: str


class Runtimes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"lambda_": "lambda"}):
    """The whole file; `lambda_`, `agentcore` and `python` are keyed by line (`3.13`), oldest first."""

    sources: dict[str, Source]
    bases: dict[str, Base]
    alpine: tuple[AlpineMusl, ...]
    lambda_: dict[str, LambdaRuntime]
    agentcore: dict[str, LambdaRuntime]
    python: dict[str, PythonLine]


@cache
def runtimes() -> Runtimes:
    """Return what `runtimes.toml` says, read once a process."""
    return load("runtimes.toml", Runtimes)
