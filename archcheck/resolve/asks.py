"""From requirements (of a manifest or of metadata) to the resolver's asks, on one machine."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from archcheck.manifest import IndexSource, UrlSource, VcsSource
from archcheck.resolve.model import Ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packaging.utils import NormalizedName

    from archcheck.manifest import Location, Requirement, Source
    from archcheck.resolve.model import Pick
    from archcheck.targets import Machine

PYTHON = "<python>"


@lru_cache(maxsize=50_000)
def parse(text: str) -> Pep508 | None:
    """Return the PEP 508 requirement *text* parsed once, or None where it is not one."""
    try:
        return Pep508(text)
    except (InvalidRequirement, RecursionError):  # hundreds of nested parentheses exhaust the parser
        return None


def key_of(name: NormalizedName, extras: frozenset[str]) -> str:
    """Return the resolver's identifier for *name* with *extras*."""
    return f"{name}[{','.join(sorted(extras))}]" if extras else name


def of_manifest(
    requirement: Requirement, machine: Machine, pick: Callable[[Source, NormalizedName | None], Pick]
) -> Iterator[Ask]:
    """Yield the asks of one line of a manifest; none where its marker does not hold on *machine*."""
    if not machine.holds(requirement.marker):
        return
    extras = frozenset(canonicalize_name(extra) for extra in requirement.extras)
    if isinstance(requirement.source, IndexSource) and requirement.name is not None:
        yield from _named(
            Ask(
                key=requirement.name,
                name=requirement.name,
                specifier=requirement.specifier,
                hashes=frozenset(requirement.hashes),
                marker=requirement.marker,
                location=requirement.location,
                text=requirement.text,
            ),
            extras,
        )
        return
    yield from _direct(
        pick(requirement.source, requirement.name), extras, requirement.text, requirement.location
    )


def of_metadata(
    requirement: Pep508,
    machine: Machine,
    extras: frozenset[str],
    pick: Callable[[Source, NormalizedName | None], Pick],
) -> Iterator[Ask]:
    """Yield the asks of one `Requires-Dist`, for a distribution that is wanted with *extras*."""
    marker = requirement.marker
    if marker is not None and not any(machine.holds(marker, extra) for extra in extras or ("",)):
        return
    name = canonicalize_name(requirement.name)
    wanted = frozenset(canonicalize_name(extra) for extra in requirement.extras)
    text = str(requirement)
    if requirement.url is not None:
        yield from _direct(pick(source_of(requirement.url), name), wanted, text, None)
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
        yield Ask(
            key=key_of(ask.name, extras),
            name=ask.name,
            extras=extras,
            specifier=ask.specifier,
            hashes=ask.hashes,
            marker=ask.marker,
            location=ask.location,
            text=ask.text,
        )


def _direct(pick: Pick, extras: frozenset[str], text: str, location: Location | None) -> Iterator[Ask]:
    yield Ask(key=pick.name, name=pick.name, only=pick, text=text, location=location)
    if extras:
        yield Ask(key=key_of(pick.name, extras), name=pick.name, extras=extras, text=text, location=location)
