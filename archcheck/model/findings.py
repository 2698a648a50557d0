"""What the rules found."""

# ruff: noqa: TC001 - msgspec reads the annotations

from __future__ import annotations

from msgspec import Struct

from archcheck.model.packages import Place, Remedy
from archcheck.model.status import Severity


class Evidence(Struct, frozen=True, kw_only=True):
    """What a finding rests on: files as the index names them, what they need and what the target has.

    `has` says nothing without `needs`.
    """

    files: tuple[str, ...] = ()
    needs: str | None = None
    has: str | None = None
    detail: tuple[str, ...] = ()


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that a rule found; `fingerprint` is stable over lines and versions."""

    rule: str
    name: str
    severity: Severity
    package: str
    version: str | None
    target: str
    message: str
    evidence: Evidence
    location: Place | None
    path: tuple[str, ...]
    fingerprint: str
    remedy: Remedy | None = None


class Ignored(Finding, frozen=True, kw_only=True):
    """A finding that somebody accepted: it leaves the exit code, never the recommendation.

    `until` is the last day on which that holds (ISO 8601); `until_available` says that it holds only while no
    version with a fitting aarch64 wheel is known. `source` is the settings file, or the command line.
    """

    reason: str = ""
    until: str | None = None
    until_available: bool = False
    source: str = ""
