"""From requirements (of a manifest or of metadata) to the resolver's asks, on one machine."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from archcheck.manifest import IndexSource, UrlSource, VcsSource, fragment_hashes
from archcheck.resolve.model import Ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from archcheck.manifest import Location, Requirement, Source
    from archcheck.resolve.model import Pick
    from archcheck.targets import Machine

    Read = Callable[[Source, NormalizedName | None, frozenset[str]], Pick]
    """Returns what a direct reference stands for, given its name, where that is known, and its hashes."""

PYTHON = "<python>"
_LONGEST_VERSION = 1_000  # characters; int() refuses numbers of over 4,300 digits, and no version comes near


@lru_cache(maxsize=50_000)
def parse(text: str) -> Pep508 | None:
    """Return the PEP 508 requirement *text* parsed once, or None where it is not one."""
    try:
        requirement = Pep508(text)
    except (InvalidRequirement, RecursionError):  # hundreds of nested parentheses exhaust the parser
        return None
    too_long = any(len(spec.version) > _LONGEST_VERSION for spec in requirement.specifier)
    return None if too_long else requirement


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


def of_metadata(requirement: Pep508, machine: Machine, extras: frozenset[str], read: Read) -> Iterator[Ask]:
    """Yield the asks of one `Requires-Dist`, for a distribution that is wanted with *extras*."""
    marker = requirement.marker
    if marker is not None and not any(machine.holds(marker, extra) for extra in extras or ("",)):
        return
    name = canonicalize_name(requirement.name)
    wanted = frozenset(canonicalize_name(extra) for extra in requirement.extras)
    text = str(requirement)
    if requirement.url is not None:
        hashes = frozenset(fragment_hashes(requirement.url.partition("#")[2]))
        pick = read(source_of(requirement.url), name, hashes)
        yield from _direct(pick, wanted, text, marker, None)
        return
    yield from _named(
        Ask(key=name, name=name, specifier=requirement.specifier, marker=marker, text=text), wanted
    )


def source_of(url: str) -> UrlSource | VcsSource:
    """Return the source that the URL of a PEP 508 requirement means."""
    scheme = url.split(":", 1)[0].lower()
    if scheme.partition("+")[0] in {"git", "hg", "svn", "bzr"}:
        return VcsSource(url=url)
    return UrlSource(url=url.partition("#")[0])


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
