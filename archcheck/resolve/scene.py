"""One machine's scene: the index, the finder, constraints and preferences that every pass there shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from archcheck.fit import Miss, fit
from archcheck.index.model import Metadata, Unavailable
from archcheck.manifest import IndexSource, VcsSource
from archcheck.resolve.asks import of_manifest, parse
from archcheck.resolve.finder import Finder, pin_of
from archcheck.resolve.model import Ask, Pick

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.requirements import Requirement as Pep508
    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.index.model import Index, NotFound, Project
    from archcheck.manifest import Manifest, Source
    from archcheck.resolve.model import Options
    from archcheck.resolve.prefetch import Prefetcher
    from archcheck.targets import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a pick's metadata asks for, and what is doubtful about it.

    `invalid` marks metadata that pip would refuse, and with it the file.
    """

    requirements: tuple[Pep508, ...] = ()
    requires_python: str | None = None
    doubt: str | None = None
    unknown: bool = False
    invalid: bool = False
    incomplete: bool = False


class Scene:
    """Everything about one machine that does not change from pass to pass."""

    def __init__(
        self,
        *,
        manifest: Manifest,
        machine: Machine,
        index: Index,
        options: Options,
        prefetcher: Prefetcher,
        prefer: Mapping[NormalizedName, Version],
    ) -> None:
        self.machine = machine
        self.options = options
        self.prefer = prefer
        self.finder = Finder(machine, options)
        self._index = index
        self._prefetcher = prefetcher
        self._direct: dict[Source, Pick] = {}
        self._placeholders: dict[tuple[str, str], Pick] = {}
        self._needs: dict[str, Needs] = {}
        self.roots = tuple(
            sorted(
                (ask for line in manifest.requirements for ask in of_manifest(line, machine, self.pick)),
                key=lambda ask: bool(ask.extras),
            )
        )
        self.order = _order(manifest, machine)
        self.constraints = self._constraints(manifest)
        self._hashed = options.require_hashes or any(ask.hashes for ask in self.roots)

    def _constraints(self, manifest: Manifest) -> dict[NormalizedName, Ask]:
        found: dict[NormalizedName, Ask] = {}
        for line in manifest.constraints:
            for ask in of_manifest(line, self.machine, self.pick):
                before = found.get(ask.name)
                if before is None:
                    found[ask.name] = ask
                    continue
                found[ask.name] = Ask(
                    key=ask.key,
                    name=ask.name,
                    specifier=before.specifier & ask.specifier,
                    hashes=before.hashes | ask.hashes,
                    only=ask.only or before.only,
                    location=before.location,
                    text=f"{before.text}, {ask.text}",
                )
        return found

    def project(self, name: NormalizedName, specifier: SpecifierSet) -> Project | NotFound | Unavailable:
        """Return the project's files; one version's are enough where *specifier* pins it."""
        return self._index.project(name, pin=pin_of(specifier)).result()

    def learn(self, asks: list[Ask]) -> None:
        """Tell the prefetcher what is wanted, so that the network is busy while the resolver thinks."""
        for ask in asks:
            self._prefetcher.want(ask)

    def hashes(self, asks: list[Ask], constraint: Ask | None) -> frozenset[str] | None:
        """Return the hashes to admit (none: any); None where pip demands some and the file has none."""
        given = [ask.hashes for ask in asks if ask.hashes]
        if constraint is not None and constraint.hashes:
            given.append(constraint.hashes)
        if not given:
            return None if self._hashed else frozenset()
        return frozenset.intersection(*given)

    def unhashed(self, project: Project, specifier: SpecifierSet) -> Iterator[Pick]:
        """Yield what would do if the input listed it with a hash (pip's `--require-hashes` refuses it)."""
        for pick in self.finder.picks(project, specifier, frozenset()):
            yield Pick(
                name=pick.name,
                version=pick.version,
                file=pick.file,
                release=pick.release,
                fit=pick.fit,
                problem="the input lists hashes, but none for this package",
            )

    def placeholder(self, pick: Pick) -> Pick:
        """Return the one *pick* that stands for a package that could not be read; the same one each time."""
        return self._placeholders.setdefault((pick.name, pick.problem or ""), pick)

    def pick(self, source: Source, name: NormalizedName | None) -> Pick:
        """Return what a direct reference (URL, path, VCS) stands for; the same one each time."""
        if source not in self._direct:
            self._direct[source] = self._read_direct(source, name)
        return self._direct[source]

    def _read_direct(self, source: Source, name: NormalizedName | None) -> Pick:
        match source:
            case VcsSource() | IndexSource():
                text = source.url if isinstance(source, VcsSource) else "index"
                label = name or canonicalize_name(_last_segment(text))
                return Pick(
                    name=label, version=None, source=source, known=False, problem="a VCS checkout is not read"
                )
            case _:
                found = self._index.direct(source).result()
        if isinstance(found, Unavailable):
            label = name or canonicalize_name(
                _last_segment(getattr(source, "url", getattr(source, "path", "")))
            )
            return Pick(
                name=label, version=None, source=source, known=False, problem=found.reason, incomplete=True
            )
        verdict = fit(found.file.filename, self.machine) if found.file and found.file.is_wheel else None
        return Pick(
            name=name or found.name,
            version=found.version,
            file=found.file,
            release=(found.file,) if found.file else (),
            fit=verdict,
            problem=f"the wheel is for {verdict.needs}" if isinstance(verdict, Miss) else None,
            source=source,
            direct=found,
        )

    def needs(self, pick: Pick) -> Needs:
        """Return the dependencies of *pick*, read once."""
        if not pick.known:
            return Needs(doubt=pick.problem, unknown=True, incomplete=pick.incomplete)
        if pick.direct is not None:
            return _read(pick.direct.metadata)
        if pick.file is None:
            return Needs()
        if pick.file.url not in self._needs:
            self._needs[pick.file.url] = _read(self._index.metadata(pick.file, pick.release).result())
        return self._needs[pick.file.url]

    def host_bound(self, pick: Pick) -> tuple[str, ...]:
        """Return those requirements of *pick* whose markers hang on variables that no target fixes."""
        return tuple(
            str(requirement)
            for requirement in self.needs(pick).requirements
            if requirement.marker is not None and self.machine.depends_on_host(requirement.marker)
        )


def _read(answer: Metadata | Unavailable) -> Needs:
    if isinstance(answer, Unavailable):
        return Needs(doubt=answer.reason, unknown=True, incomplete=answer.incomplete)
    parsed = tuple(parse(text) for text in answer.requires_dist)
    doubt = f"dependencies as {_ORIGINS[answer.origin]} states them" if answer.approximate else None
    return Needs(
        requirements=tuple(requirement for requirement in parsed if requirement is not None),
        requires_python=answer.requires_python,
        doubt=doubt if None not in parsed else "a Requires-Dist line is not valid",
        invalid=None in parsed,
    )


_ORIGINS = {
    "metadata-file": "its metadata file",
    "wheel": "the wheel",
    "pkg-info": "its PKG-INFO",
    "pyproject": "its pyproject.toml",
    "sibling-wheel": "another wheel of this version",
    "egg-info": "its egg-info",
    "index-json": "the index's JSON",
}


def _order(manifest: Manifest, machine: Machine) -> dict[str, int]:
    """Return the place of each named requirement, which pip prefers to decide in the user's order."""
    order: dict[str, int] = {}
    for place, line in enumerate(manifest.requirements):
        if line.name is not None and machine.holds(line.marker):
            order.setdefault(line.name, place)
    return order


def _last_segment(url: str) -> str:
    path = url.partition("#")[0].rstrip("/").rpartition("/")[2].partition("@")[0]
    return path.removesuffix(".git") or "unnamed"
