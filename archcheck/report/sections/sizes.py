"""How much is downloaded for arm64, what a change makes of it, and how what is installed is shipped.

What is downloaded is told by indexes and locks, what that comes to unzipped by the files looked into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.judge.shipping.loads import least, weights
from archcheck.judge.shipping.words import as_what, at_least, listed, mebibytes
from archcheck.model import Status
from archcheck.report.phrases import plural

if TYPE_CHECKING:
    from archcheck.model import Audit, Limits, Load
    from archcheck.report.sections.diff import AuditDifference

_WORTH_A_BAR = 2**20  # bytes
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


class Bar(Struct, frozen=True, kw_only=True):
    """One package's size on each architecture; `share` is aarch64's of the largest, from 0 to 1."""

    name: str
    x86_64: str
    aarch64: str
    share: float


def largest(audit: Audit, count: int = 8) -> tuple[Bar, ...]:
    """Return the packages that take most on arm64 once they are unzipped, small ones left out."""
    there = [each for each in weights(audit.packages, "aarch64") if (each.unpacked or 0) >= _WORTH_A_BAR]
    there.sort(key=lambda each: (-(each.unpacked or 0), each.name))
    here = {each.name: each.unpacked for each in weights(audit.packages, "x86_64")}
    most = max((each.unpacked or 0 for each in there), default=0)
    return tuple(
        Bar(
            name=each.name,
            x86_64=mebibytes(size) if (size := here.get(each.name)) is not None else "",
            aarch64=mebibytes(each.unpacked or 0),
            share=round((each.unpacked or 0) / most, 4),
        )
        for each in there[:count]
    )


def shipping(audit: Audit) -> str:
    """Return how the set is shipped to AWS Lambda, and what it comes to; "" where nobody knows."""
    sizes = audit.sizes
    if sizes is None or sizes.limits is None:
        return ""
    x86, arm, limits = sizes.x86_64, sizes.aarch64, sizes.limits
    if not least(arm) or arm.way is None:
        return ""
    parts = [f"ships {as_what(arm)}: {_taken(arm)} on aarch64{_left_out(arm, limits)}"]
    if least(x86) and (x86.way, x86.layer) != (arm.way, arm.layer):
        parts.append(f"on x86_64 {as_what(x86) or 'it is too large for a zip'}: {_taken(x86)}")
    if arm.unknown:
        parts.append(f"not known is what {listed(arm.unknown)} {'adds' if len(arm.unknown) == 1 else 'add'}")
    return "; ".join(parts)


def _taken(load: Load) -> str:
    packed = f"{'at least ' if load.unknown else ''}{mebibytes(load.packed)} zipped"
    return ", ".join([f"{at_least(load)} unzipped"] * bool(load.unpacked) + [packed] * bool(load.packed))


def _left_out(load: Load, limits: Limits) -> str:
    """Return what has to be left out for it to fit: what the runtime brings, where that is too much."""
    zipped, unzipped = load.packed + load.provided_packed, load.unpacked + load.provided_unpacked
    over = (load.way == "zip" and zipped > limits.upload) or max(zipped, unzipped) > limits.unzipped
    if not over or load.way == "image":
        return ""
    return f" without {listed(load.provided)}, which the runtime has"


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
