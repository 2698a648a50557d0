"""What building an sdist takes on one machine, as a value."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

SdistKind = Literal["pure-sdist", "fallback-sdist", "native-sdist", "sdist"]


class SdistVerdict(Struct, frozen=True, kw_only=True):
    """What building the sdist takes, and the sign that it was told by, with its file and line.

    `takes` names the compilers and programs that building needs, as far as the sources say. `in_vain` is why
    building it on this machine gives nothing that runs there, None where nothing says so.
    """

    kind: SdistKind
    reason: str
    takes: tuple[str, ...] = ()
    in_vain: str | None = None


def pure(reason: str) -> SdistVerdict:
    """Return that there is nothing to compile."""
    return SdistVerdict(kind="pure-sdist", reason=reason)


def native(reason: str) -> SdistVerdict:
    """Return that there is something to compile."""
    return SdistVerdict(kind="native-sdist", reason=reason)


def doubt(reason: str) -> SdistVerdict:
    """Return that nobody can tell without building it."""
    return SdistVerdict(kind="sdist", reason=reason)
