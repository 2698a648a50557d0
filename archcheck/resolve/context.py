"""What every pass on one machine shares: the index, the finder, constraints, preferences, what was read."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.index.model import Metadata, Project, Unavailable
from archcheck.manifest.dependency import read_dependency
from archcheck.manifest.manifest import IndexSource, PathSource, UrlSource, VcsSource
from archcheck.platforms.marker_environment import HOST_VARIABLES
from archcheck.platforms.wheel_tags import Miss, fit
from archcheck.resolve.model import Ask, Pick
from archcheck.resolve.requirements import is_wanted, of_manifest, of_metadata
from archcheck.resolve.versions import pin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.model import Direct, Index, IndexFile, NotFound
    from archcheck.manifest.dependency import Dependency
    from archcheck.manifest.manifest import Manifest, Requirement, Source
    from archcheck.platforms.targets import Machine
    from archcheck.resolve.model import Options
    from archcheck.resolve.prefetch import Prefetcher

UNHASHED = "hashes are required (--require-hashes), and the input gives none for it"
_NO_HASH = frozenset({"none:"})
"""What two lists of hashes come to that share none. An empty set would admit every file; this admits none."""

_ORIGINS = {
    "metadata-file": "its metadata file",
    "wheel": "the wheel",
    "pkg-info": "its PKG-INFO",
    "pyproject": "its pyproject.toml",
    "sibling-wheel": "another wheel of this version",
    "egg-info": "its egg-info",
    "index-json": "the index's JSON",
}


class Needs(Struct, frozen=True, kw_only=True):
    """What a pick's metadata asks for, and what is doubtful about it.

    `refused` says why pip refuses the metadata, and with it the file.
    """

    dependencies: tuple[Dependency, ...] = ()
    requires_python: str | None = None
    doubt: str | None = None
    unknown: bool = False
    refused: str | None = None
    incomplete: bool = False


class Context:
    """Everything about one machine that does not change from pass to pass.

    `roots` are what the manifest asks for there, in pip's order, and `order` the line of each key.
    `constraints` bound versions without asking for anything. `prefer` has the versions that the other
    architecture installs: where none installs here, that one is named as missing. `missing_beside` has those
    that it names as missing itself. What is read once of a file, a project or a direct reference stays the
    same object in all passes, and `paid` are the choices that a search has paid for reading.
    """

    def __init__(
        self,
        *,
        manifest: Manifest,
        machine: Machine,
        index: Index,
        options: Options,
        prefetcher: Prefetcher,
        prefer: Mapping[NormalizedName, Version],
        missing_beside: Mapping[NormalizedName, Version],
    ) -> None:
        self.machine = machine
        self.options = options
        self.prefer = prefer
        self.missing_beside = missing_beside
        self.finder = prefetcher.finder(machine)
        self._index = index
        self._prefetcher = prefetcher
        self._direct: dict[tuple[Source, frozenset[str]], Pick] = {}
        self._placeholders: dict[tuple[str, str], Pick] = {}
        self._needs: dict[tuple[str, tuple[str, ...]], Needs] = {}
        self._projects: dict[tuple[NormalizedName, Version | None], Project | NotFound | Unavailable] = {}
        self._overrides = _by_name(manifest.overrides)
        self._excluded = manifest.excluded
        self._is_pips = manifest.options.installer == "pip"
        self._is_compiled = any(line.via for line in manifest.requirements)
        self.paid: set[str] = set()
        self.roots, self.order = self._roots(manifest)
        self.constraints = self._constraints(manifest)

    def _roots(self, manifest: Manifest) -> tuple[tuple[Ask, ...], dict[str, int]]:
        """Return the manifest's asks, those with extras last as in pip, and the place of each line."""
        roots: list[Ask] = []
        order: dict[str, int] = {}
        for place, line in enumerate(manifest.requirements):
            stated = self._overrides.get(line.name, (line,)) if line.name else (line,)
            asks = [
                ask
                for each in stated
                for ask in of_manifest(replace(each, location=line.location), self.machine, self.read)
            ]
            if asks:
                order.setdefault(asks[0].key, place)
            roots.extend(asks)
        return tuple(sorted(roots, key=lambda ask: bool(ask.extras))), order

    def _constraints(self, manifest: Manifest) -> dict[NormalizedName, Ask]:
        found: dict[NormalizedName, Ask] = {}
        for line in manifest.constraints:
            for ask in of_manifest(line, self.machine, self.read):
                before = found.get(ask.name)
                if before is None:
                    found[ask.name] = ask
                    continue
                found[ask.name] = replace(
                    ask,
                    specifier=before.specifier & ask.specifier,
                    hashes=_common([before.hashes, ask.hashes]),
                    only=ask.only or before.only,
                    location=before.location,
                    text=f"{before}, {ask}",
                )
        return found

    def asks(self, dependency: Dependency, extras: frozenset[str]) -> Iterable[Ask]:
        """Return the asks of *dependency*, or of what overrides it: of its marker the extra counts."""
        if dependency.name in self._excluded:
            return ()
        overrides = self._overrides.get(dependency.name)
        if overrides is None:
            return of_metadata(dependency, self.machine, extras, self.read)
        if "extra" in dependency.condition and not is_wanted(dependency, self.machine, extras):
            return ()
        return [ask for line in overrides for ask in of_manifest(line, self.machine, self.read)]

    def unhashed(self, name: NormalizedName) -> str:
        """Return why the project *name* is refused where hashes are demanded and none is listed for it."""
        elsewhere = self.machine.architecture == "aarch64" and bool(self.prefer) and name not in self.prefer
        if not (self._is_compiled and elsewhere):
            return UNHASHED
        return f"{UNHASHED}: it was compiled for x86_64; compile it again"

    def project(
        self, name: NormalizedName, specifier: SpecifierSet | None = None
    ) -> Project | NotFound | Unavailable:
        """Return the project's files; those of one version are enough where *specifier* pins it."""
        pin = pin_of(specifier) if specifier is not None else None
        if (name, pin) not in self._projects:
            self._projects[name, pin] = self._index.project(name, pin=pin).result()
        return self._projects[name, pin]

    def indexes_of(self, name: NormalizedName) -> tuple[str, ...]:
        """Return which indexes have the project, where several do; nothing of what was asked ahead counts."""
        answers = (answer for (asked, _), answer in self._projects.items() if asked == name)
        return max((each.indexes for each in answers if isinstance(each, Project)), key=len, default=())

    def learn(self, asks: Iterable[Ask]) -> None:
        """Tell the prefetcher what is wanted, so that the network is busy while the resolver thinks."""
        for ask in asks:
            self._prefetcher.want(ask)

    def tried(self, pick: Pick, asks: Sequence[Ask]) -> None:
        """Tell the prefetcher that *pick* is tried, one of those that *asks* admit."""
        if self._prefetcher.goes_back(pick):
            specifier = reduce(and_, (ask.specifier for ask in asks))
            project = self.project(pick.name, specifier)
            if isinstance(project, Project):
                self._prefetcher.look_ahead(pick, project, specifier, self.hashes(asks) or frozenset())

    def hashes(self, asks: Iterable[Ask]) -> frozenset[str] | None:
        """Return the hashes that all *asks* admit (an empty set: any); None where pip demands some."""
        found = _common(ask.hashes for ask in asks)
        return None if self.options.require_hashes and not found else found

    def placeholder(self, pick: Pick) -> Pick:
        """Return the one *pick* that stands for a package that could not be read; the same one each time."""
        return self._placeholders.setdefault((pick.name, pick.problem or ""), pick)

    def read(self, source: Source, name: NormalizedName | None, hashes: frozenset[str]) -> Pick:
        """Return what a direct reference (URL, path, VCS) stands for; the same one each time.

        To pip a folder is another thing than the same one as editable; to uv and Poetry it is not.
        """
        if isinstance(source, PathSource) and source.editable and not self._is_pips:
            source = replace(source, editable=False)
        if (source, hashes) not in self._direct:
            self._direct[source, hashes] = self._read(source, name, hashes)
        return self._direct[source, hashes]

    def _read(self, source: Source, name: NormalizedName | None, hashes: frozenset[str]) -> Pick:
        match source:
            case VcsSource():
                found: Direct | Unavailable = Unavailable(reason="a VCS checkout is not read")
            case UrlSource() | PathSource():
                found = self._index.direct(source, hashes).result()
            case IndexSource():
                raise AssertionError(source)
        if isinstance(found, Unavailable):
            return Pick(
                name=name or _label(source),
                version=None,
                source=source,
                known=False,
                problem=found.reason,
                incomplete=found.incomplete,
            )
        verdict = fit(found.file.filename, self.machine) if found.file and found.file.is_wheel else None
        pick = Pick(
            name=name or found.name,
            version=found.version,
            file=found.file,
            release=(found.file,) if found.file else (),
            fit=verdict,
            source=source,
            direct=found,
        )
        problem = UNHASHED if self.options.require_hashes and not hashes else None
        if isinstance(verdict, Miss):
            problem = f"the wheel is for {verdict.needs}"
        return replace(pick, problem=problem or self.rejection(pick))

    def needs(self, pick: Pick) -> Needs:
        """Return the dependencies of *pick*, read once."""
        if not pick.known:
            return Needs(doubt=pick.problem, unknown=True, incomplete=pick.incomplete)
        if pick.direct is not None:
            return _read(pick.direct.metadata)
        if pick.file is None:
            return Needs()
        key = pick.file.url, pick.promised
        if key not in self._needs:
            self._needs[key] = _read(self._metadata(pick.file, pick))
        return self._needs[key]

    def _metadata(self, file: IndexFile, pick: Pick) -> Metadata | Unavailable:
        """Return the metadata of the *file* of *pick*, which pip refuses where it is not the promised one."""
        if not pick.promised:
            return self._index.metadata(file, pick.release).result()
        found = self._index.metadata(replace(file, hashes=pick.promised), pick.release).result()
        is_other = isinstance(found, Unavailable) and found.mismatch
        return replace(found, refused=True) if is_other else found

    def rejection(self, pick: Pick) -> str | None:
        """Return why pip does not install *pick* once it has read its metadata; None where it does."""
        needs = self.needs(pick)
        if needs.refused is None and not self.machine.admits(needs.requires_python):
            return f"requires Python {needs.requires_python}"
        return needs.refused

    def host_bound(self, pick: Pick, extras: frozenset[str]) -> str | None:
        """Return a requirement of *pick* whose marker hangs on variables that no target fixes, if any."""
        for dependency in self.needs(pick).dependencies:
            if any(variable in dependency.condition for variable in HOST_VARIABLES):
                marker = dependency.marker
                if marker and any(self.machine.depends_on_host(marker, extra) for extra in ("", *extras)):
                    return dependency.text
        return None


def _read(answer: Metadata | Unavailable) -> Needs:
    if isinstance(answer, Unavailable):
        refused = answer.reason if answer.refused else None
        return Needs(doubt=answer.reason, unknown=True, incomplete=answer.incomplete, refused=refused)
    found = [read_dependency(text) for text in answer.requires_dist]
    invalid = answer.requires_dist[found.index(None)] if None in found else None
    return Needs(
        dependencies=tuple(filter(None, found)),
        requires_python=answer.requires_python,
        doubt=f"dependencies as {_ORIGINS[answer.origin]} states them" if answer.approximate else None,
        refused=None if invalid is None else f"invalid metadata: Requires-Dist {invalid[:80]!r}",
    )


def _common(given: Iterable[frozenset[str]]) -> frozenset[str]:
    """Return what all the hashes *given* admit; an empty set says nothing, as in pip."""
    said = [hashes for hashes in given if hashes]
    return (frozenset.intersection(*said) or _NO_HASH) if said else frozenset()


def _label(source: UrlSource | PathSource | VcsSource) -> NormalizedName:
    """Return a name for what does not tell its own: the last part of its address."""
    address = source.path if isinstance(source, PathSource) else source.url
    last = address.partition("#")[0].rstrip("/").rpartition("/")[2].partition("@")[0]
    return canonicalize_name(last.removesuffix(".git") or "unnamed")


def _by_name(lines: Iterable[Requirement]) -> dict[NormalizedName, tuple[Requirement, ...]]:
    found: dict[NormalizedName, tuple[Requirement, ...]] = {}
    for line in lines:
        if line.name is not None:
            found[line.name] = (*found.get(line.name, ()), line)
    return found
