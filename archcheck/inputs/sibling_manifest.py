"""The manifest beside a lock: what the project itself asks for, where the lock does not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.files import STDIN, absolute, beside
from archcheck.inputs.parsing.messages import escaped, shown
from archcheck.manifest.lock import LockedDependency, LockedPackage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.files import Files
    from archcheck.manifest.manifest import Manifest, Selection

    class Reader(Protocol):
        """A reader of manifests, such as `read_pyproject`."""

        def __call__(
            self, path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
        ) -> Manifest:
            """Return the manifest at *path*."""
            ...


Versions = dict["NormalizedName", list["Version"]]
"""The versions that a lock has of each name."""


def manifest_beside(
    path: str,
    name: str,
    reader: Reader,
    *,
    files: Files,
    environ: Mapping[str, str],
    cwd: str,
    selection: Selection,
) -> Manifest | None:
    """Return the manifest called *name* in the folder of the lock at *path*; None where there is none."""
    wanted = name if path == STDIN else beside(path, name)
    if not files.is_file(absolute(cwd, wanted)):
        return None
    return reader(wanted, files=files, environ=environ, cwd=cwd, selection=selection)


def versions_of(packages: Iterable[LockedPackage]) -> Versions:
    """Return the versions by name."""
    found: Versions = {}
    for package in packages:
        versions = found.setdefault(package.name, [])
        if package.version is not None:
            versions.append(package.version)
    return found


def meant(name: NormalizedName, specifier: SpecifierSet, versions: Versions) -> Version | None:
    """Return which of several locked versions *specifier* means; None where it need not or cannot be told."""
    known = versions.get(name, [])
    fitting = [version for version in known if specifier.contains(version, prereleases=True)]
    return fitting[0] if len(known) > 1 and len(fitting) == 1 else None


def direct(
    manifest: Manifest | None,
    name: str,
    *,
    lock: str,
    versions: Versions,
    otherwise: Iterable[LockedPackage],
) -> tuple[tuple[LockedDependency, ...], tuple[str, ...]]:
    """Return what is required of *lock*, and the warnings that go with it.

    That is what the *manifest* called *name* asks for, which the lock may lack, and all of *otherwise* where
    there is no manifest.
    """
    if manifest is None:
        warning = (
            f"{escaped(lock)}: no {shown(name)} beside it; every package is taken as a direct dependency"
        )
        return tuple(map(_to, otherwise)), (warning,)
    edges = tuple(
        LockedDependency(
            name=each.name,
            extras=each.extras,
            marker=each.marker,
            version=meant(each.name, each.specifier, versions),
            specifier=each.specifier,
            location=each.location,
        )
        for each in manifest.requirements
        if each.name is not None  # these manifests name all that they ask for
    )
    overridden = {each.name for each in manifest.overrides}
    changed = (outdated(each, versions, lock) for each in edges if each.name not in overridden)
    return edges, (*manifest.warnings, *filter(None, changed))


def outdated(edge: LockedDependency, versions: Versions, lock: str) -> str | None:
    """Return a warning where the *lock* has versions for *edge*, and none that will do; None else."""
    known = versions.get(edge.name)
    if not known or any(edge.specifier.contains(version, prereleases=True) for version in known):
        return None
    locked = ", ".join(map(str, known))
    asked = f"{escaped(str(edge.location))} asks for {edge.name}{edge.specifier}"
    return f"{asked}, and {escaped(lock)} has {locked}: that is what is audited; lock again"


def _to(package: LockedPackage) -> LockedDependency:
    return LockedDependency(
        name=package.name, marker=package.marker, version=package.version, location=package.location
    )
