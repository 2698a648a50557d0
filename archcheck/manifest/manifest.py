"""What a manifest asks for: the typed values that every input reader returns.

A reader turns text into one `Manifest`; nothing after it sees the text again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

if TYPE_CHECKING:
    from packaging.markers import Marker
    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from archcheck.policy import Ignore

_FRAGMENT_HASH = r"(?:^|&)(sha512|sha384|sha256|sha224|sha1|md5)=([^&]*)"


class Location(Struct, frozen=True, kw_only=True, order=True):
    """A place in an input; `line` counts from 1, 0 where the format has no lines."""

    path: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


class IndexSource(Struct, frozen=True, kw_only=True):
    """The distribution comes from the package index."""


class UrlSource(Struct, frozen=True, kw_only=True):
    """One archive at an http(s) or file URL (PEP 508 `name @ url`); the fragment is already split off."""

    url: str
    subdirectory: str = ""


def fragment_hashes(fragment: str) -> tuple[str, ...]:
    """Return the hash that the *fragment* of a file's URL states, as `algorithm:hexdigest`, if any."""
    found = re.search(_FRAGMENT_HASH, fragment)
    return (f"{found[1]}:{found[2].lower()}",) if found else ()


class PathSource(Struct, frozen=True, kw_only=True):
    """A local wheel, sdist or folder; `path` is absolute."""

    path: str
    editable: bool = False
    subdirectory: str = ""


class VcsSource(Struct, frozen=True, kw_only=True):
    """A checkout (`git+https://…@rev`); never fetched."""

    url: str
    editable: bool = False


Source = IndexSource | UrlSource | PathSource | VcsSource


class Requirement(Struct, frozen=True, kw_only=True):
    """One requirement as the manifest states it, with the place where it does.

    `name` is normalised (PEP 503); None where a bare URL or path does not tell it.
    `hashes` are `algorithm:hexdigest`, as pip's `--hash`. `via` are the packages for whose sake alone a
    compiled requirements file lists it; empty where it was asked for itself, or nothing is said.
    """

    name: NormalizedName | None
    extras: frozenset[str] = frozenset()
    specifier: SpecifierSet
    marker: Marker | None = None
    source: Source = field(default_factory=IndexSource)
    hashes: tuple[str, ...] = ()
    location: Location
    text: str
    via: tuple[NormalizedName, ...] = ()


class FormatControl(Struct, frozen=True, kw_only=True):
    """Which distributions may be taken as wheels or as sdists: pip's `--no-binary` and `--only-binary`.

    Each set holds normalised names, or `:all:`; a name listed in one outranks `:all:` in the other.
    """

    no_binary: frozenset[str] = frozenset()
    only_binary: frozenset[str] = frozenset()

    def allows(self, name: str) -> tuple[bool, bool]:
        """Return (wheels allowed, sdists allowed) for the normalised *name*, as pip decides it."""
        if name in self.only_binary:
            return True, False
        if name in self.no_binary:
            return False, True
        return ":all:" not in self.no_binary, ":all:" not in self.only_binary


class ReleaseControl(Struct, frozen=True, kw_only=True):
    """Which pre-releases may be taken: pip's `--all-releases` and `--only-final`.

    Each set holds normalised names, or `:all:`; `--pre` is `:all:` in the first.
    """

    all_releases: frozenset[str] = frozenset()
    only_final: frozenset[str] = frozenset()

    def allows_prereleases(self, name: str) -> bool | None:
        """Return whether pre-releases of the normalised *name* may be taken; None leaves it to PEP 440."""
        if name in self.all_releases:
            return True
        if name in self.only_final:
            return False
        if ":all:" in self.all_releases:
            return True
        return False if ":all:" in self.only_final else None


Strategy = Literal["best", "first"]
"""Several indexes: pip takes the best version of all of them, uv the first index that has the name."""

Installer = Literal["pip", "uv", "poetry"]
"""Whose settings count beside the input's own: those of the tool that installs from such a file."""


class IndexOptions(Struct, frozen=True, kw_only=True):
    """Where distributions are looked for and which of them are admitted; None means "not said here".

    `pre` says again that `releases` admits the pre-releases of all packages. `package_indexes` are pairs of a
    normalised name and the one index that this package may come from (uv's and Poetry's named sources).
    `index_names` are pairs of a name and its index, for the credentials that the environment has by name.
    """

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    pre: bool = False
    prefer_binary: bool = False
    require_hashes: bool = False
    formats: FormatControl = field(default_factory=FormatControl)
    releases: ReleaseControl = field(default_factory=ReleaseControl)
    installer: Installer = "pip"
    strategy: Strategy = "best"
    package_indexes: tuple[tuple[str, str], ...] = ()
    index_names: tuple[tuple[str, str], ...] = ()


class Skipped(Struct, frozen=True, kw_only=True):
    """A part of the input that was not audited, and why.

    `elsewhere` names the other installer that puts it there (conda): the rest can be judged without it.
    """

    text: str
    reason: str
    location: Location
    elsewhere: str = ""


class Selection(Struct, frozen=True, kw_only=True):
    """Which parts of a project are audited: extras and dependency groups, by normalised name.

    `package` is the one member of a workspace that is meant; empty where that is all of them.
    """

    extras: frozenset[str] = frozenset()
    all_extras: bool = False
    groups: frozenset[str] = frozenset()
    package: str = ""


class Manifest(Struct, frozen=True, kw_only=True):
    """One input, parsed. `sha256` is of the main file's bytes, `kind` as `archcheck.formats` has it.

    `overrides` take the place of every requirement of their name, whoever states it, and what packages
    require by the names `excluded` is not installed for them (uv, PDM). `included` are the files of
    requirements and of constraints that it leads to, as `path` is spelled. `ignores` are the findings that
    its own comments accept.
    """

    path: str
    kind: str = ""
    sha256: str
    requirements: tuple[Requirement, ...] = ()
    constraints: tuple[Requirement, ...] = ()
    overrides: tuple[Requirement, ...] = ()
    excluded: frozenset[NormalizedName] = frozenset()
    options: IndexOptions = field(default_factory=IndexOptions)
    requires_python: SpecifierSet | None = None
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[str, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    included: tuple[str, ...] = ()
