"""From requirements (of a manifest or of metadata) to the resolver's asks, on one machine."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from archcheck.files import absolute
from archcheck.index.http.addresses import file_path
from archcheck.manifest.lock import Lock
from archcheck.manifest.manifest import IndexSource, PathSource, UrlSource, VcsSource, fragment_hashes
from archcheck.resolve.model import Ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from archcheck.manifest.dependency import Dependency
    from archcheck.manifest.manifest import Location, Manifest, Requirement, Source
    from archcheck.platforms.targets import Machine
    from archcheck.resolve.model import Pick

    Read = Callable[[Source, NormalizedName | None, frozenset[str]], Pick]
    """Returns what a direct reference stands for, given its name, where that is known, and its hashes."""

PYTHON = "<python>"
_REMEMBERED = 50_000


def key_of(name: NormalizedName, extras: frozenset[str]) -> str:
    """Return the resolver's identifier for *name* with *extras*."""
    return f"{name}[{','.join(sorted(extras))}]" if extras else name


def of_manifest(requirement: Requirement, machine: Machine, read: Read) -> Iterator[Ask]:
    """Yield the asks of one line of a manifest; none where its marker does not hold on *machine*.

    A line that some kernels need and others do not is asked for: nobody knows which kernel it will be.
    """
    marker = requirement.marker
    if not (machine.holds(marker) or (marker is not None and machine.depends_on_host(marker))):
        return
    extras = frozenset(canonicalize_name(extra) for extra in requirement.extras)
    hashes = frozenset(requirement.hashes)
    if isinstance(requirement.source, IndexSource) and requirement.name is not None:
        ask = Ask(
            key=requirement.name,
            name=requirement.name,
            specifier=requirement.specifier,
            hashes=hashes,
            marker=marker,
            location=requirement.location,
            text=requirement.text,
        )
        yield from _named(ask, extras)
        return
    pick = read(requirement.source, requirement.name, hashes)
    yield from _direct(pick, extras, requirement.text, marker, requirement.location)


def of_metadata(
    dependency: Dependency, machine: Machine, extras: frozenset[str], read: Read
) -> Iterable[Ask]:
    """Return the asks of one `Requires-Dist`, for a distribution that is wanted with *extras*."""
    if not is_wanted(dependency, machine, extras):
        return ()
    if dependency.url is None:
        return on_index(dependency)
    hashes = frozenset(fragment_hashes(dependency.url.partition("#")[2]))
    pick = read(source_of(dependency.url), dependency.name, hashes)
    return _direct(pick, dependency.extras, dependency.text, dependency.marker, None)


def is_wanted(dependency: Dependency, machine: Machine, extras: frozenset[str]) -> bool:
    """Return whether the marker of *dependency* holds, for a distribution that is wanted with *extras*."""
    marker = dependency.marker
    return marker is None or any(machine.holds(marker, extra) for extra in extras or ("",))


@lru_cache(maxsize=_REMEMBERED)
def on_index(dependency: Dependency) -> tuple[Ask, ...]:
    """Return the asks of *dependency*, which names no URL: the same ones for every machine and parent."""
    ask = Ask(
        key=dependency.name,
        name=dependency.name,
        specifier=dependency.specifier,
        marker=dependency.marker,
        text=dependency.text,
    )
    return tuple(_named(ask, dependency.extras))


def source_of(url: str) -> UrlSource | VcsSource | PathSource:
    """Return the source that the URL of a PEP 508 requirement means.

    A folder is the same one however it is named: pip installs `./a` beside what requires `a @ file:///…/a`.
    """
    scheme = url.split(":", 1)[0].lower()
    if scheme.partition("+")[0] in {"git", "hg", "svn", "bzr"}:
        return VcsSource(url=url)
    bare, _, fragment = url.partition("#")
    stated = re.search(r"(?:^|&)subdirectory=([^&]*)", fragment)
    subdirectory = unquote(stated[1]) if stated else ""
    path = file_path(bare) if scheme == "file" else None
    if path is not None and path.startswith("/"):
        return PathSource(path=absolute("/", path), subdirectory=subdirectory)
    return UrlSource(url=bare, subdirectory=subdirectory)


def _named(ask: Ask, extras: frozenset[str]) -> Iterator[Ask]:
    """Yield the ask for the name, and one for its extras; the first alone decides the version where it can.

    pip splits `name[extra]<2` the same way, so that the version is narrowed before extras are looked at.
    """
    if not extras or ask.specifier:
        yield ask
    if extras:
        yield replace(ask, key=key_of(ask.name, extras), extras=extras)


def _direct(
    pick: Pick, extras: frozenset[str], text: str, marker: Marker | None, location: Location | None
) -> Iterator[Ask]:
    ask = Ask(key=pick.name, name=pick.name, only=pick, marker=marker, text=text, location=location)
    yield ask
    if extras:
        yield replace(ask, key=key_of(pick.name, extras), extras=extras)


def constraints_of(manifest: Manifest | Lock) -> dict[NormalizedName, SpecifierSet]:
    """Return what the constraints leave of each project's versions; a lock has none."""
    found: dict[NormalizedName, SpecifierSet] = {}
    for line in () if isinstance(manifest, Lock) else manifest.constraints:
        if line.name is not None:
            found[line.name] = found.get(line.name, SpecifierSet()) & line.specifier
    return found
