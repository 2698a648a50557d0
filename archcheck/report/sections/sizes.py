"""How much is downloaded for arm64, and what a change makes of it, as far as indexes and locks say.

Nothing is said of the size on disk: how far the files are compressed shows only when they are unpacked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.model import Status
from archcheck.report.phrases import plural

if TYPE_CHECKING:
    from archcheck.model import Audit
    from archcheck.report.sections.diff import AuditDifference

_KB, _MB = 1000, 1000**2  # as pip counts them


class Download(Struct, frozen=True, kw_only=True):
    """So many bytes, without the packages that `unknown` counts: no size is known of theirs."""

    size: int
    unknown: int

    def __str__(self) -> str:
        return _with_unknown(shown(self.size) if self.size else "", self.unknown) or shown(0)


class Effect(Struct, frozen=True, kw_only=True):
    """The bytes that a change adds to the download, or takes away; `unknown` counts the packages left out."""

    size: int
    unknown: int

    def __str__(self) -> str:
        sign = "+" if self.size > 0 else "-"
        return _with_unknown(f"{sign}{shown(abs(self.size))}" if self.size else "", self.unknown)


def download(audit: Audit) -> Download:
    """Return what has to be downloaded for arm64; of what does not install there nothing is known."""
    sizes = _sizes(audit)
    unknown = {name for (name, *_), size in sizes.items() if size is None}
    return Download(size=sum(size or 0 for size in sizes.values()), unknown=len(unknown))


def effect(pair: AuditDifference) -> Effect | None:
    """Return how much more is downloaded than before; None where one side is not there, or broke off.

    A file that is on both sides adds nothing, whether its size is known or not. A package that has moved from
    or to a file of unknown size is left out as a whole.
    """
    if pair.before is None or pair.after is None or not (pair.before.complete and pair.after.complete):
        return None
    old, new = _sizes(pair.before), _sizes(pair.after)
    changed = old.keys() ^ new.keys()
    unknown = {key[0] for key in changed if (old | new)[key] is None}
    known = [key for key in changed if key[0] not in unknown]
    return Effect(
        size=sum(new.get(key) or 0 for key in known) - sum(old.get(key) or 0 for key in known),
        unknown=len(unknown),
    )


def told(pair: AuditDifference) -> str:
    """Return the effect as a sentence; "" where there is none, or none that is known."""
    change = str(effect(pair) or "")
    sides = [download(audit) for audit in (pair.before, pair.after) if audit]
    return f"download for arm64: {change}, from {' to '.join(map(str, sides))}" if change else ""


def shown(size: int) -> str:
    """Return *size* in bytes as people read it: `12.4 MB`, `340 kB`."""
    kilobytes = -(-size // _KB)
    return f"{kilobytes} kB" if kilobytes < _KB else f"{size / _MB:,.1f} MB"


def _with_unknown(known: str, unknown: int) -> str:
    left_out = f"{plural(unknown, 'package')} of unknown size" if unknown else ""
    return " and ".join(filter(None, (known, left_out)))


def _sizes(audit: Audit) -> dict[tuple[str, str | None, str | None], int | None]:
    """Return the size of what arm64 gets, by package, version and file."""
    return {
        (package.name, result.version, result.file): result.size
        for package in audit.packages
        for result in package.results
        if result.architecture == "aarch64" and result.status is not Status.NOT_REQUIRED
    }
