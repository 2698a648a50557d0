"""One file that a project begins with."""

from __future__ import annotations

from msgspec import Struct


class Step(Struct, frozen=True, kw_only=True):
    """The file at `path`, seen from the project's folder, and what is to become of it.

    `before` is None where there is no such file, `after` where it stays as it is. `said` is then why; else it
    is what the user has to know of it, if anything.
    """

    path: str
    before: bytes | None = None
    after: bytes | None = None
    said: str = ""
