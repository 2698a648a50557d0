"""One dependency as core metadata state it (`Requires-Dist`, PEP 508), read once for all who meet it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct
from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

_REMEMBERED = 50_000
_LONGEST_VERSION = 1_000  # characters; int() refuses numbers of over 4,300 digits, and no version comes near
# A name and ranges of final releases, as nearly all lines have them; packaging reads the others.
_RANGE = r"(?:[<>=!~]=|[<>])[ \t]*[0-9][0-9.*]*"
_RANGES = rf"{_RANGE}(?:[ \t]*,[ \t]*{_RANGE})*"
_PLAIN = re.compile(
    rf"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)[ \t]*(?:({_RANGES})|\([ \t]*({_RANGES})[ \t]*\))?"
)


class Dependency(Struct, frozen=True, kw_only=True, eq=False):
    """What another distribution asks for, where `marker` holds; `text` is the line as packaging writes it.

    `condition` is the marker's part of it, empty where there is none. Lines of one text are one
    dependency, and markers of one text one marker: both may be compared by identity.
    """

    name: NormalizedName
    extras: frozenset[NormalizedName]
    specifier: SpecifierSet
    marker: Marker | None
    condition: str
    url: str | None
    text: str


class _Head(Struct, frozen=True):
    """What stands before the semicolon."""

    name: NormalizedName
    extras: frozenset[NormalizedName]
    specifier: SpecifierSet
    text: str


@lru_cache(maxsize=_REMEMBERED)
def read_dependency(text: str) -> Dependency | None:
    """Return the dependency in *text*, or None where that is no requirement (PEP 508).

    Ranges and markers come back in line after line and release after release, and in the grammar no semicolon
    comes before the one between them, but in a URL: so each is read apart, and once.
    """
    head, semicolon, condition = text.partition(";")
    try:
        if "@" in head:
            return _pointing(Requirement(text), text)
        said, (marker, written) = _head(head.strip(" \t")), _marker(condition) if semicolon else (None, "")
    except (InvalidRequirement, InvalidMarker, RecursionError):  # hundreds of parentheses exhaust the parser
        return None
    if any(len(spec.version) > _LONGEST_VERSION for spec in said.specifier):
        return None
    return Dependency(
        name=said.name,
        extras=said.extras,
        specifier=said.specifier,
        marker=marker,
        condition=written,
        url=None,
        text=f"{said.text}; {written}" if marker is not None else said.text,
    )


def _pointing(found: Requirement, text: str) -> Dependency:
    """Return the dependency on a distribution at a URL."""
    return Dependency(
        name=canonicalize_name(found.name),
        extras=_normalized(found),
        specifier=found.specifier,
        marker=found.marker,
        condition=_written(found.marker, text) if found.marker else "",
        url=found.url,
        text=_written(found, text),
    )


@lru_cache(maxsize=_REMEMBERED)
def _head(text: str) -> _Head:
    plain = _PLAIN.fullmatch(text)
    if plain is not None:
        try:
            ranges = SpecifierSet(plain[2] or plain[3] or "")
        except InvalidSpecifier:
            pass  # packaging has its say
        else:
            return _Head(canonicalize_name(plain[1]), frozenset(), ranges, f"{plain[1]}{ranges}")
    found = Requirement(text)
    return _Head(canonicalize_name(found.name), _normalized(found), found.specifier, str(found))


@lru_cache(maxsize=_REMEMBERED)
def _marker(text: str) -> tuple[Marker, str]:
    """Return the marker in *text*, and the text as packaging writes it."""
    found = Marker(text)
    return found, _written(found, text.strip())


def _normalized(found: Requirement) -> frozenset[NormalizedName]:
    return frozenset(canonicalize_name(extra) for extra in found.extras)


def _written(found: Requirement | Marker, text: str) -> str:
    try:
        return str(found)
    except ValueError:  # a value with both kinds of quotation marks, which an escape can bring about
        return text
