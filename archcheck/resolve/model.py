"""The values of resolution: what is asked, what is picked, and the outcome (a resolution or a conflict)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.specifiers import SpecifierSet

from archcheck.manifest.manifest import FormatControl, ReleaseControl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from packaging.markers import Marker
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.model import Direct, IndexFile
    from archcheck.manifest.manifest import Location, Source
    from archcheck.platforms.targets import Machine
    from archcheck.platforms.wheel_tags import Fit, Miss
    from archcheck.policy import Assumption


class Options(Struct, frozen=True, kw_only=True):
    """Which candidates are admitted; each field means what pip's flag of that name means.

    `releases` are `--all-releases` and `--only-final`, and `pre` is what holds where they say nothing.
    """

    pre: bool = False
    prefer_binary: bool = False
    no_deps: bool = False
    require_hashes: bool = False
    exclude_newer: datetime | None = None
    formats: FormatControl = field(default_factory=FormatControl)
    releases: ReleaseControl = field(default_factory=ReleaseControl)

    def prereleases(self, name: str) -> bool | None:
        """Return whether prereleases of the normalised *name* are admitted; None leaves it to PEP 440."""
        said = self.releases.allows_prereleases(name)
        return True if said is None and self.pre else said


class Pick(Struct, frozen=True, kw_only=True, eq=False):
    """The file that would be taken for one version, or the reason that none would.

    `problem` is None where it installs. `fit` is how the wheel fits, the nearest miss where none does, and
    None for an sdist. `known` is False for a placeholder: a name, version or source that could not be read;
    `absent` marks a name that no index has, `incomplete` an index that did not answer. `promised` are hashes
    of which the file has to have one, where it does not tell its own.
    """

    name: NormalizedName
    version: Version | None
    file: IndexFile | None = None
    promised: tuple[str, ...] = ()
    release: tuple[IndexFile, ...] = ()
    fit: Fit | Miss | None = None
    problem: str | None = None
    known: bool = True
    absent: bool = False
    incomplete: bool = False
    source: Source | None = None
    direct: Direct | None = None

    @property
    def installs(self) -> bool:
        """Whether pip would get past this file (an sdist counts: pip would try to build it)."""
        return self.problem is None

    @property
    def ident(self) -> str:
        """What makes two picks of one project the same choice; indexes list one file at several addresses."""
        if self.source is not None:
            return str(self.source)
        return self.file.filename if self.file else f"{self.version}: {self.problem}"

    def refused(self, problem: str) -> Pick:
        """Return the same file as one that pip does not install, because of *problem*."""
        return replace(self, problem=problem)


class Ask(Struct, frozen=True, kw_only=True, eq=False):
    """One requirement as the resolver sees it: who is wanted, and which versions will do.

    `key` is the resolver's identifier: the name, with its extras in brackets where there are any. `only` is
    the sole pick that will do, where the requirement points at one distribution.
    """

    key: str
    name: NormalizedName
    extras: frozenset[str] = frozenset()
    specifier: SpecifierSet = field(default_factory=SpecifierSet)
    hashes: frozenset[str] = frozenset()
    only: Pick | None = None
    marker: Marker | None = None
    location: Location | None = None
    text: str = ""

    def __str__(self) -> str:
        return self.text or f"{self.key}{self.specifier}"


class Candidate(Struct, frozen=True, kw_only=True, eq=False):
    """A pick, with the extras that were asked of it, and all that was asked when it was found."""

    key: str
    pick: Pick
    extras: frozenset[str] = frozenset()
    asks: tuple[Ask, ...] = ()

    def __str__(self) -> str:
        return f"{self.key} {self.pick.version}" if self.pick.version else self.key


class GivenUp(Struct, frozen=True, kw_only=True):
    """The packages of which a search found no version.

    `needs` has, by name, what all versions of it that were tried ask for, and `wishes` what any of them does.
    `why` says what the search went round with.
    """

    needs: Mapping[NormalizedName, tuple[Ask, ...]]
    wishes: tuple[Ask, ...]
    why: str


class Edge(Struct, frozen=True, kw_only=True):
    """Who asked for a package: `parent` is None where the manifest does, at `location`."""

    parent: NormalizedName | None
    text: str
    specifier: SpecifierSet = field(default_factory=SpecifierSet)
    marker: Marker | None = None
    location: Location | None = None


class Admitted(Struct, frozen=True, kw_only=True):
    """The versions that the set admits of a package of which none installs.

    `nearest` misses by least; `count` versions there are, of which `newest` is the newest.
    """

    nearest: Pick
    newest: Pick
    count: int


class Chosen(Struct, frozen=True, kw_only=True):
    """One package of a resolution. `doubt` says why its dependencies are not known for certain.

    `unknown` is True where they are not known at all; otherwise they were read from the next best place.
    `assumed` is what the users say of it, where it could not be read. `unasked` says why the index could not
    be asked whether it has wheels that a lock leaves out. `indexes` are those that have the project, where
    there are several. `admitted` tells of the other versions where none installs. `listed` are the files that
    a lock lists for the package, by name or by hash.
    """

    pick: Pick
    wanted_by: tuple[Edge, ...]
    doubt: str | None = None
    unknown: bool = False
    incomplete: bool = False
    assumed: Assumption | None = None
    unasked: str | None = None
    indexes: tuple[str, ...] = ()
    admitted: Admitted | None = None
    listed: tuple[IndexFile, ...] | None = None


class Resolution(Struct, frozen=True, kw_only=True):
    """What would be installed on one machine; `relaxed` are those admitted though they do not install.

    Where the search for the versions of some packages was given up, `gave_up` says what it went round with,
    and these are unknown.
    """

    machine: Machine
    packages: dict[NormalizedName, Chosen]
    relaxed: frozenset[str] = frozenset()
    gave_up: str | None = None


class Cause(Struct, frozen=True, kw_only=True):
    """One side of a conflict: the requirement, and the chain of packages that brought it."""

    wants: str
    chain: tuple[str, ...]
    location: Location | None = None


class Conflict(Struct, frozen=True, kw_only=True):
    """No set of versions satisfies everything on this machine.

    `causes` are the wishes for `package`, or for a few packages, that cannot be met together. `gave_up` says
    what the search went round with, where it was cut off and nobody knows.
    """

    machine: Machine
    package: str
    causes: tuple[Cause, ...]
    gave_up: str | None = None


Outcome = Resolution | Conflict
