"""The input as it would be once changed: as a value, to be audited. Files are edited elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archcheck.manifest.lock import LockedPackage
from archcheck.manifest.manifest import IndexSource, Location, Requirement

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.manifest.distribution import IndexFile
    from archcheck.manifest.lock import Lock, LockedDependency
    from archcheck.manifest.manifest import Manifest
    from archcheck.platforms.targets import Machine


class Edit(Struct, frozen=True, kw_only=True):
    """What the input is to say of a package: a range, and the hashes of the files it admits."""

    version: Version
    specifier: SpecifierSet
    hashes: tuple[str, ...] = ()


class Release(Struct, frozen=True, kw_only=True):
    """What a lock is to hold of a package in the place of what it `was`: files, and what it asks for."""

    was: Version | None
    version: Version
    files: tuple[IndexFile, ...]
    dependencies: tuple[LockedDependency, ...]


def with_edits(
    manifest: Manifest,
    machine: Machine,
    edits: Mapping[NormalizedName, Edit],
    bounds: Mapping[NormalizedName, Edit],
) -> Manifest:
    """Return *manifest* with the ranges of *edits* in its own lines, and *bounds* on what it does not name.

    A file that lists hashes has to list every package: there a bound is a line of its own.
    """
    stated = lines_of(manifest, machine)
    changed = {
        id(line): edit
        for name, edit in edits.items()
        for line in to_change(stated.get(name, ()), edit.version)
    }

    def lines(kept: Iterable[Requirement]) -> tuple[Requirement, ...]:
        return tuple(_line(line, changed[id(line)]) if id(line) in changed else line for line in kept)

    more = tuple(_added(name, edit, manifest.path) for name, edit in bounds.items())
    is_hashed = manifest.options.require_hashes or any(line.hashes for line in manifest.requirements)
    return replace(
        manifest,
        requirements=(*lines(manifest.requirements), *(more if is_hashed else ())),
        constraints=(*lines(manifest.constraints), *(() if is_hashed else more)),
        overrides=lines(manifest.overrides),
    )


def lines_of(manifest: Manifest, machine: Machine) -> dict[NormalizedName, tuple[Requirement, ...]]:
    """Return what bounds each package that the input asks for on *machine*: requirements come first."""
    asked = {line.name for line in manifest.requirements if machine.holds(line.marker)}
    found: dict[NormalizedName, list[Requirement]] = {}
    for line in (*manifest.requirements, *manifest.constraints, *manifest.overrides):
        if line.name is not None and line.name in asked and machine.holds(line.marker):
            found.setdefault(line.name, []).append(line)
    return {name: tuple(lines) for name, lines in found.items()}


def to_change(lines: Sequence[Requirement], version: Version) -> Sequence[Requirement]:
    """Return those of one package's *lines* that have to change for it to have *version*.

    These are the lines that keep it out, and those that list the hashes of another; else the first.
    """
    excluding = [
        line
        for line in lines
        if line.hashes
        or not isinstance(line.source, IndexSource)
        or not line.specifier.contains(version, prereleases=True)
    ]
    return excluding or lines[:1]


def _line(line: Requirement, edit: Edit) -> Requirement:
    extras = f"[{','.join(sorted(line.extras))}]" if line.extras else ""
    marker = f"; {line.marker}" if line.marker else ""
    return replace(
        line,
        specifier=edit.specifier,
        source=IndexSource(),
        hashes=edit.hashes if line.hashes else (),
        text=f"{line.name}{extras}{edit.specifier}{marker}",
    )


def _added(name: NormalizedName, edit: Edit, path: str) -> Requirement:
    return Requirement(
        name=name,
        specifier=edit.specifier,
        hashes=edit.hashes,
        location=Location(path=path),
        text=f"{name}{edit.specifier}",
    )


def with_replacement(manifest: Manifest, name: NormalizedName, lines: Sequence[Requirement]) -> Manifest:
    """Return *manifest* with *lines* in the place of what it says of *name*, under the same markers."""
    changed: list[Requirement] = []
    for line in manifest.requirements:
        if line.name != name:
            changed.append(line)
        else:
            changed.extend(replace(new, marker=line.marker, location=line.location) for new in lines)
    return replace(manifest, requirements=tuple(changed))


def with_releases(
    lock: Lock,
    releases: Mapping[NormalizedName, Release],
    stated: Mapping[NormalizedName, SpecifierSet],
    gone: Container[NormalizedName] = (),
) -> Lock:
    """Return *lock* with other *releases* in it, without what is *gone*, and what is *stated* changed."""
    old = {
        each.name: each
        for each in lock.packages
        if each.name in releases and each.version == releases[each.name].was
    }

    def moved(edges: Iterable[LockedDependency]) -> tuple[LockedDependency, ...]:
        return tuple(_edge(each, releases.get(each.name)) for each in edges)

    kept = [
        replace(
            each,
            dependencies=moved(each.dependencies),
            optional={extra: moved(more) for extra, more in each.optional.items()},
        )
        for each in lock.packages
        if each is not old.get(each.name) and each.name not in gone
    ]
    new = [
        LockedPackage(
            name=name,
            version=release.version,
            files=release.files,
            marker=old[name].marker if name in old else None,
            dependencies=release.dependencies,
            location=Location(path=lock.path),
        )
        for name, release in releases.items()
    ]
    own = (
        replace(each, specifier=stated[each.name]) if each.name in stated else each
        for each in moved(lock.requirements)
    )
    return replace(lock, packages=(*kept, *new), requirements=tuple(own))


def _edge(edge: LockedDependency, release: Release | None) -> LockedDependency:
    """Return *edge* as it leads to *release*, where it named the version that this takes the place of."""
    if release is None or edge.version is None or edge.version != release.was:
        return edge
    return replace(edge, version=release.version)


def extras_in(lock: Lock) -> dict[NormalizedName, frozenset[str]]:
    """Return the extras that anybody in *lock* wants each package with."""
    edges: list[LockedDependency] = [*lock.requirements]
    for package in lock.packages:
        edges.extend(package.dependencies)
        for more in package.optional.values():
            edges.extend(more)
    found: dict[NormalizedName, frozenset[str]] = {}
    for edge in edges:
        if edge.extras:
            found[edge.name] = found.get(edge.name, frozenset()) | edge.extras
    return found


def hashes_of(files: Iterable[IndexFile]) -> tuple[str, ...]:
    """Return one hash of each file, the strongest that all indexes state."""
    found: dict[str, None] = {}
    for file in files:
        stated = sorted(file.hashes, key=lambda each: not each.startswith("sha256:"))
        found.update(dict.fromkeys(stated[:1]))
    return tuple(found)
