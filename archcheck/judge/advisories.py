"""What is known not to work on arm64 although it installs, for the rule AC012 and for remedies."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from archcheck.data.advisories import advisories

if TYPE_CHECKING:
    from packaging.version import Version

    from archcheck.data.advisories import Advisory
    from archcheck.platforms.machines import Libc, Target


def issues(package: str, version: Version, target: Target, file: str | None) -> tuple[Advisory, ...]:
    """Return what is known of this version on this target, by the *file* that aarch64 gets."""
    return tuple(
        issue
        for issue in advisories(package)
        if SpecifierSet(issue.versions).contains(version, prereleases=True)
        and _among(target.id, issue.targets)
        and _among(file or "", issue.files)
        and _has(target.libc, issue.glibc)
    )


def fails(known: tuple[Advisory, ...]) -> bool:
    """Return whether by any of *known* it cannot be used at all."""
    return any(issue.effect == "fails" for issue in known)


def _among(name: str, globs: tuple[str, ...]) -> bool:
    """Return whether *globs* mean *name*: those with "!" in front take away; alone, from everything."""
    meant = [glob for glob in globs if not glob.startswith("!")] or ["*"]
    spared = [glob[1:] for glob in globs if glob.startswith("!")]
    return any(fnmatchcase(name, glob) for glob in meant) and not any(
        fnmatchcase(name, glob) for glob in spared
    )


def _has(libc: Libc, glibc: str) -> bool:
    """Return whether the target's *libc* is a *glibc* that the specifier set admits; all are without one."""
    if not glibc:
        return True
    return libc.family == "glibc" and SpecifierSet(glibc).contains(f"{libc.major}.{libc.minor}")
