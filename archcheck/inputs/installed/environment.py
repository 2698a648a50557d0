"""An installed environment: what its `*.dist-info` and `*.egg-info` say is there. No code of it is run."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from archcheck.files import absolute
from archcheck.inputs.installed.distributions import Installed, read_installed
from archcheck.inputs.installed.site_packages import Site, find_sites
from archcheck.inputs.parsing.markers import could_hold_on_linux
from archcheck.inputs.parsing.messages import failure
from archcheck.inputs.parsing.partial_markers import settle
from archcheck.manifest.lock import Lock, LockedDependency, LockedPackage
from archcheck.manifest.manifest import Location, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from archcheck.files import Files
    from archcheck.inputs.parsing.partial_markers import Settled
    from archcheck.manifest.manifest import Selection

_EXTRA = re.compile(r"""extra == "([^"]*)"|"([^"]*)" == extra""")


def read_environment(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Lock:
    """Return what is installed at *path*: an interpreter, a virtual environment, or a `site-packages` folder.

    Required are the distributions that were asked for by name (pip's REQUESTED) and those that no other one
    needs. Its Python is the one to audit for. Raises InputError where nothing is installed.
    """
    _ = environ, selection
    sites = find_sites(absolute(cwd, path), files)
    found: dict[NormalizedName, Installed] = {}
    unread: list[Skipped] = []
    for each in (each for folder in sites.folders for each in read_installed(folder, files)):
        if isinstance(each, Skipped):
            unread.append(each)
        else:
            found.setdefault(each.name, each)  # as on sys.path: the first one is imported
    if not found:
        expected = "an interpreter, a virtual environment or a site-packages folder with distributions"
        raise failure(Location(path=path), f"nothing is installed there; expected {expected}")
    return replace(lock_of(path, sites, found), skipped=tuple(unread))


def lock_of(path: str, sites: Site, found: Mapping[NormalizedName, Installed]) -> Lock:
    """Return the distributions *found* at *sites* as a lock; *path* is what they are told under."""
    return _Environment(path, sites, found).lock()


class _Environment:
    """One environment: which of its distributions stand on their own, and who needs the others."""

    def __init__(self, path: str, sites: Site, found: Mapping[NormalizedName, Installed]) -> None:
        self._path = path
        self._sites = sites
        self._found = found
        # Only to tell which distributions stand on their own: the audit asks again with its own Python.
        self._python = f"{sites.python or '3.12'}.0"
        self._place = Location(path=path)

    def lock(self) -> Lock:
        """Return the environment as a lock."""
        packages = {name: self._package(each) for name, each in sorted(self._found.items())}
        listing = "\n".join(f"{each.name}=={each.version}" for each in packages.values())
        roots = self._roots(packages)
        return Lock(
            path=self._path,
            sha256=hashlib.sha256(listing.encode()).hexdigest(),
            requirements=tuple(LockedDependency(name=name, location=self._place) for name in roots),
            packages=tuple(packages.values()),
            requires_python=SpecifierSet(f"=={self._sites.python}.*") if self._sites.python else None,
            limits=self._sites.limits,
        )

    def _package(self, each: Installed) -> LockedPackage:
        extras = {extra for requirement in each.requires for extra in _extras_in(requirement.marker)}
        return LockedPackage(
            name=each.name,
            version=each.version,
            source=each.source,
            files=each.files,
            listed=False,
            dependencies=tuple(self._dependencies(each, None)),
            optional={extra: tuple(self._dependencies(each, extra)) for extra in sorted(extras)},
            location=self._place,
        )

    def _dependencies(self, each: Installed, extra: NormalizedName | None) -> Iterator[LockedDependency]:
        """Yield what *each* needs by itself, or for the sake of *extra* alone."""
        for requirement in each.requires:
            marker = _under(requirement.marker, extra)
            if marker is False or (extra is not None and extra not in _extras_in(requirement.marker)):
                continue
            yield LockedDependency(
                name=canonicalize_name(requirement.name),
                extras=frozenset(canonicalize_name(name) for name in requirement.extras),
                marker=None if marker is True else marker,
                specifier=requirement.specifier,
            )

    def _roots(self, packages: Mapping[NormalizedName, LockedPackage]) -> list[NormalizedName]:
        """Return what stands on its own: asked for by name, needed by no other, or part of a circle."""
        always = {edge.name for each in packages.values() for edge in self._edges(each, each.dependencies)}
        optional = {
            edge.name
            for each in packages.values()
            for edges in each.optional.values()
            for edge in self._edges(each, edges)
        }
        roots = [
            name for name, each in self._found.items() if each.requested or name not in always | optional
        ]
        seen: set[tuple[NormalizedName, NormalizedName | None]] = set()
        for name in roots:
            self._walk(packages, name, seen)
        # Left are those of extras that nobody who is installed names, and circles.
        reached = {name for name, _ in seen}
        for name in sorted(packages.keys() - reached, key=lambda name: (name in always, name)):
            if (name, None) not in seen:
                roots.append(name)
                self._walk(packages, name, seen)
        return sorted(roots)

    def _edges(self, package: LockedPackage, edges: Iterable[LockedDependency]) -> Iterator[LockedDependency]:
        """Yield those of the *edges* of *package* that lead to another one on Linux."""
        yield from (edge for edge in edges if edge.name != package.name and self._could_hold(edge))

    def _walk(
        self,
        packages: Mapping[NormalizedName, LockedPackage],
        start: NormalizedName,
        seen: set[tuple[NormalizedName, NormalizedName | None]],
    ) -> None:
        """Add to *seen* what is there of all that *start* needs on either architecture."""
        waiting: list[tuple[NormalizedName, NormalizedName | None]] = [(start, None)]
        while waiting:
            name, extra = waiting.pop()
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            package = packages[name]
            for edge in package.optional.get(extra, ()) if extra else package.dependencies:
                if edge.name in packages and self._could_hold(edge):
                    waiting.append((edge.name, None))
                    waiting.extend((edge.name, canonicalize_name(each)) for each in edge.extras)

    def _could_hold(self, edge: LockedDependency) -> bool:
        return could_hold_on_linux(edge.marker, (self._python,))


def _extras_in(marker: Marker | None) -> frozenset[NormalizedName]:
    found = _EXTRA.findall(str(marker)) if marker is not None else ()
    return frozenset(canonicalize_name(left or right) for left, right in found)


def _under(marker: Marker | None, extra: NormalizedName | None) -> Settled:
    """Return what is left of *marker* for a distribution that is wanted with *extra*, or with none."""

    def decide(left: str, operator: str, right: str) -> bool | None:
        if "extra" not in {left, right}:
            return None
        same = canonicalize_name((right if left == "extra" else left).strip("\"'")) == extra
        return {"==": same, "!=": not same}.get(operator, True)

    return settle(marker, decide)
