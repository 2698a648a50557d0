"""The manifest beside a lock: what the project itself asks for, where the lock does not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.files import STDIN, absolute, beside
from archcheck.inputs.lines import escaped, shown
from archcheck.lock import LockedDependency, LockedPackage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.files import Files
    from archcheck.manifest import Manifest, Requirement, Selection

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


def required(requirements: Iterable[Requirement], versions: Versions) -> tuple[LockedDependency, ...]:
    """Return the requirements of a manifest as edges into its lock, which may lack some of them."""
    return tuple(
        LockedDependency(
            name=each.name,
            extras=each.extras,
            marker=each.marker,
            version=meant(each.name, each.specifier, versions),
            specifier=each.specifier,
            location=each.location,
        )
        for each in requirements
        if each.name is not None  # these manifests name all that they ask for
    )


def every(packages: Iterable[LockedPackage]) -> tuple[LockedDependency, ...]:
    """Return an edge to each package: all are taken as direct where nobody tells which are."""
    return tuple(
        LockedDependency(name=each.name, marker=each.marker, version=each.version, location=each.location)
        for each in packages
    )


def all_direct(path: str, manifest: str) -> str:
    """Return the warning that goes with `every`."""
    return f"{escaped(path)}: no {shown(manifest)} beside it; every package is taken as a direct dependency"
