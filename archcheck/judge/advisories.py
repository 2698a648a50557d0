"""What is known not to work on arm64 although it installs, for the rule AC012 and for remedies."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from archcheck.data.advisories import advisories

if TYPE_CHECKING:
    from packaging.version import Version

    from archcheck.data.advisories import Advisory


def issues(package: str, version: Version, target: str) -> tuple[Advisory, ...]:
    """Return what is known of this version on this target (its id)."""
    return tuple(
        issue
        for issue in advisories(package)
        if SpecifierSet(issue.versions).contains(version, prereleases=True)
        and any(fnmatchcase(target, glob) for glob in issue.targets)
    )


def fails(known: tuple[Advisory, ...]) -> bool:
    """Return whether by any of *known* it cannot be used at all."""
    return any(issue.effect == "fails" for issue in known)
