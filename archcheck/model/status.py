"""How a package stands on one machine, and what a finding means."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What a package would install as on one machine, best first."""

    NOT_REQUIRED = "not-required"
    WHEEL = "wheel"
    PURE_WHEEL = "pure-wheel"
    PURE_SDIST = "pure-sdist"
    FALLBACK_SDIST = "fallback-sdist"
    NATIVE_SDIST = "native-sdist"
    SDIST = "sdist"
    MISSING = "missing"
    UNKNOWN = "unknown"

    @property
    def builds(self) -> bool:
        """Whether installing needs, or may need, a compiler."""
        return self in {Status.NATIVE_SDIST, Status.SDIST}

    @property
    def ready(self) -> bool:
        """Whether it installs without a compiler (or need not install)."""
        return self in READY

    @property
    def installs(self) -> bool:
        """Whether pip would get through, with or without building."""
        return self.ready or self.builds


READY = frozenset(
    {Status.NOT_REQUIRED, Status.WHEEL, Status.PURE_WHEEL, Status.PURE_SDIST, Status.FALLBACK_SDIST}
)


class Severity(StrEnum):
    """What a finding means for arm64, worst first."""

    BLOCKER = "blocker"
    BUILD = "build"
    UNKNOWN = "unknown"
    WARNING = "warning"

    @property
    def rank(self) -> int:
        """Position in the order of sorting; 0 is worst."""
        return list(Severity).index(self)
