"""What a Pipfile and a Pipfile.lock have in common: entries, categories and sources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from archcheck.files import absolute
from archcheck.inputs.parsing.messages import shown
from archcheck.inputs.parsing.partial_markers import both
from archcheck.inputs.parsing.sources import Checkout
from archcheck.inputs.parsing.urls import checked_url
from archcheck.manifest.manifest import IndexOptions, IndexSource, PathSource, UrlSource
from archcheck.manifest.specifiers import parse_specifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archcheck.inputs.parsing.partial_markers import Settled
    from archcheck.manifest.manifest import Source

_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
_DEV: Final = frozenset({"dev", "develop", "dev-packages"})


class Entry(Checkout, frozen=True, kw_only=True):
    """One package; the variables of PEP 508 are keys of their own (`sys_platform = "== 'win32'"`)."""

    version: str | None = None
    extras: tuple[str, ...] = ()
    markers: str | None = None
    hashes: tuple[str, ...] = ()
    index: str | None = None
    path: str | None = None
    file: str | None = None
    os_name: str | None = None
    sys_platform: str | None = None
    platform_machine: str | None = None
    platform_python_implementation: str | None = None
    platform_release: str | None = None
    platform_system: str | None = None
    platform_version: str | None = None
    python_version: str | None = None
    python_full_version: str | None = None
    implementation_name: str | None = None
    implementation_version: str | None = None


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """One source."""

    url: str
    name: str = ""
    verify_ssl: bool = True


class Requires(msgspec.Struct, frozen=True, kw_only=True):
    """The Python that the project is for."""

    python_version: str | None = None
    python_full_version: str | None = None


_VARIABLES: Final = Entry.__struct_fields__[Entry.__struct_fields__.index("os_name") :]


def entry_of(value: Any) -> Entry:
    """Return one entry, which may be its version alone; raises ValueError."""
    return Entry(version=value) if isinstance(value, str) else msgspec.convert(value, Entry)


def marker_of(entry: Entry) -> Marker | None:
    """Return the condition of *entry*; raises ValueError for what is no marker."""
    whole: Settled = Marker(entry.markers) if entry.markers else True
    for variable in _VARIABLES:
        comparison = getattr(entry, variable)
        if comparison:
            whole = both(whole, Marker(f"{variable} {comparison}"))
    return whole if isinstance(whole, Marker) else None


def specifier_of(entry: Entry) -> SpecifierSet:
    """Return the versions that *entry* admits; a bare version is a pin. Raises ValueError."""
    text = (entry.version or "*").strip()
    if text == "*":
        return SpecifierSet()
    try:
        return parse_specifier(text if text[0] in "<>=!~" else f"=={text}")
    except ValueError:
        raise ValueError(f"{shown(text)} is no version; expected PEP 440, or '*'") from None


def pipenv_source(entry: Entry, folder: str) -> Source:
    """Return where *entry* comes from, paths seen from *folder*; raises ValueError."""
    if checkout := entry.vcs_source(entry.ref):
        return checkout
    place = entry.path or entry.file
    if place is None:
        return IndexSource()
    if "://" in place:
        return UrlSource(url=checked_url(place), subdirectory=entry.subdirectory)
    path = absolute(folder, place)
    return PathSource(path=path, editable=entry.editable, subdirectory=entry.subdirectory)


def category_of(group: str, *, default: str, develop: str) -> str:
    """Return the table that *group* means: `dev` and its other names are one; `default` needs no choosing."""
    name = canonicalize_name(group)
    return develop if name in _DEV else default if name in {"default", "packages"} else name


def index_options(
    sources: Iterable[Index], pinned: Iterable[tuple[str, str]], environ: Mapping[str, str]
) -> IndexOptions:
    """Return where packages come from: pipenv asks the first source, and another one only for who names it.

    *pinned* are packages with the names of their sources; *environ* fills in variables in addresses.
    """
    addresses = [(source.name, _filled(source.url, environ)) for source in sources]
    by_name = dict(reversed(addresses))
    main = addresses[0][1] if addresses else None
    package_indexes = {
        (package, by_name[name]) for package, name in pinned if by_name.get(name, main) != main
    }
    return IndexOptions(index_url=main, package_indexes=tuple(sorted(package_indexes)))


def _filled(url: str, environ: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: environ.get(found[1] or found[2]) or found[0], url)


def python_of(requires: Requires) -> SpecifierSet | None:
    """Return the Pythons that the project is for; raises ValueError."""
    text = requires.python_full_version or requires.python_version
    if not text or text == "*":
        return None
    exact = text[0].isdigit()
    prefix = "" if requires.python_full_version else ".*"
    try:
        return parse_specifier(f"=={text}{prefix}" if exact else text)
    except ValueError:
        raise ValueError(f"{shown(text)} is no version of Python") from None
