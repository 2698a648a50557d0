"""What is taken on trust, in words: every report says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archcheck.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from archcheck.model import Architecture, Audit
    from archcheck.policy import AssumedKind, Assumption
    from archcheck.resolve.model import Resolution

_STATUSES: Final[Mapping[AssumedKind, Mapping[Architecture, Status]]] = {
    "pure": {"x86_64": Status.PURE_WHEEL, "aarch64": Status.PURE_WHEEL},
    "wheel": {"x86_64": Status.WHEEL, "aarch64": Status.WHEEL},
    "native": {"x86_64": Status.WHEEL, "aarch64": Status.NATIVE_SDIST},
}
_WORDS: Final[Mapping[AssumedKind, str]] = {
    "pure": "pure Python",
    "wheel": "a wheel on each architecture",
    "native": "compiled code that aarch64 has to build",
}


def assumed_status(assumption: Assumption, architecture: Architecture) -> tuple[Status, str]:
    """Return what a package counts as there, and the reason that reports give."""
    return _STATUSES[assumption.kind][architecture], f"assumed by {assumption.source}"


def assumed_notes(resolutions: Iterable[Resolution]) -> tuple[str, ...]:
    """Return a sentence for each package that an assumption settled."""
    found = {
        name: chosen.assumed
        for resolution in resolutions
        for name, chosen in resolution.packages.items()
        if chosen.assumed is not None
    }
    return tuple(_note(name, found[name]) for name in sorted(found))


def unused_assumptions(
    assumptions: Mapping[NormalizedName, Assumption], audits: Sequence[Audit]
) -> Iterator[str]:
    """Yield a sentence for each assumption that settled nothing in any of the *audits*."""
    said = {note for audit in audits for note in audit.notes}
    names = {package.name for audit in audits for package in audit.packages}
    for name, assumption in sorted(assumptions.items()):
        if _note(name, assumption) not in said:
            why = "could be read, and what was read counts" if name in names else "is not among the packages"
            yield f"the assumption about {name} ({assumption.source}) settles nothing: it {why}"


def _note(name: str, assumption: Assumption) -> str:
    what = _WORDS[assumption.kind]
    return f"{name} is assumed to be {what} ({assumption.source}); what it depends on was not looked at"
