"""What a lock file would install on one machine: read, not resolved again.

The lock's own files are the truth. Only where none of them installs without a build is the index asked
whether the release has a wheel that the lock leaves out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.index.model import Direct, Project, Unavailable
from archcheck.manifest.manifest import IndexSource, PathSource, VcsSource
from archcheck.platforms.wheel_tags import Fit, Miss, fit
from archcheck.resolve.finder import Finder
from archcheck.resolve.model import Chosen, Edge, Pick, Resolution
from archcheck.resolve.requirements import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packaging.utils import NormalizedName

    from archcheck.index.model import Index
    from archcheck.manifest.distribution import IndexFile
    from archcheck.manifest.lock import Lock, LockedDependency, LockedPackage
    from archcheck.platforms.targets import Machine
    from archcheck.resolve.model import Options


def read_lock(
    lock: Lock, machines: Sequence[Machine], index: Index, options: Options
) -> tuple[Resolution, ...]:
    """Return what installing *lock* puts on each of *machines*."""
    # One for all machines: a project sorts its files by version when it is first asked for them.
    projects = {id(each): Project(name=each.name, files=each.files) for each in lock.packages}
    return tuple(_read(lock, machine, projects, index, options) for machine in machines)


def _read(
    lock: Lock, machine: Machine, projects: Mapping[int, Project], index: Index, options: Options
) -> Resolution:
    walk = _Walk(lock, machine)
    walk.run()
    finder = Finder(machine, options)
    own = {
        name: _best(finder, projects[id(package)], package)
        for name, package in sorted(walk.selected.items())
        if isinstance(package.source, IndexSource)
    }
    for name, pick in own.items():
        package = walk.selected[name]
        if _may_omit_better(package, pick):  # all questions at once, to wait for the network together
            index.project(name, pin=package.version)
    packages = {
        name: _chosen(package, own.get(name), tuple(walk.edges.get(name, ())), finder, index)
        for name, package in sorted(walk.selected.items())
    }
    for name in walk.lacking:
        problem = f"needed on {machine.architecture}, and {lock.path} has nothing for it; is it out of date?"
        pick = Pick(name=name, version=None, problem=problem, known=False, absent=True)
        wanted_by = tuple(walk.edges.get(name, ()))
        packages[name] = Chosen(pick=pick, wanted_by=wanted_by, doubt=problem, unknown=True)
    return Resolution(machine=machine, packages=packages)


def edges_of(lock: Lock, machine: Machine) -> Mapping[NormalizedName, Sequence[Edge]]:
    """Return who asks for each package of *lock* on *machine*; nothing is asked of an index."""
    walk = _Walk(lock, machine)
    walk.run()
    return walk.edges


class _Walk:
    """Follows the lock's edges on one machine: which packages, and who asks for them.

    `lacking` are the names that are needed there and locked for other machines at most: PDM leaves out what
    the machine that it locks on does not need, and a manifest may have changed since.
    """

    def __init__(self, lock: Lock, machine: Machine) -> None:
        self._lock = lock
        self._machine = machine
        self._by_name: dict[NormalizedName, list[LockedPackage]] = {}
        for package in lock.packages:
            self._by_name.setdefault(package.name, []).append(package)
        self.selected: dict[NormalizedName, LockedPackage] = {}
        self.edges: dict[NormalizedName, list[Edge]] = {}
        self._noted: set[tuple[object, ...]] = set()
        self.lacking: dict[NormalizedName, None] = {}

    def run(self) -> None:
        """Fill `selected` and `edges`."""
        # An explicit stack: a chain of thousands of packages is no reason for a RecursionError.
        waiting: list[tuple[NormalizedName | None, LockedDependency]] = []
        waiting.extend((None, dependency) for dependency in reversed(self._lock.requirements))
        seen: set[tuple[NormalizedName, str]] = set()
        while waiting:
            parent, edge = waiting.pop()
            if not self._machine.holds(edge.marker):
                continue
            package = self._meant(edge)
            if package is None:
                self._lack(parent, edge)
                continue
            if not package.virtual:
                self._note(parent, edge)
                self._take(package)
            above = None if package.virtual else package.name
            for extra in ("", *sorted(edge.extras)):
                if (package.name, extra) not in seen:
                    seen.add((package.name, extra))
                    below = (
                        package.optional.get(canonicalize_name(extra), ()) if extra else package.dependencies
                    )
                    waiting.extend((above, each) for each in below)
        if self._lock.flat:
            for package in self._lock.packages:
                if self._machine.holds(package.marker):
                    self._take(package)
        self.lacking = {name: None for name in self.lacking if name not in self.selected}

    def _lack(self, parent: NormalizedName | None, edge: LockedDependency) -> None:
        """Take note of *edge*, which leads nowhere; a flat lock's own markers say what it installs."""
        if not self._lock.flat or (parent is None and edge.name not in self._by_name):
            self._note(parent, edge)
            self.lacking[edge.name] = None

    def _take(self, package: LockedPackage) -> None:
        if self._lock.flat and package.name not in self.selected:
            for dependency in package.dependencies:
                if self._machine.holds(dependency.marker) and self._meant(dependency) is not None:
                    self._note(package.name, dependency)
        self.selected.setdefault(package.name, package)

    def _note(self, parent: NormalizedName | None, edge: LockedDependency) -> None:
        if parent == edge.name:
            return
        text = f"{key_of(edge.name, edge.extras)}{edge.specifier}"
        location = edge.location if parent is None else None
        # An edge's own hash makes every version of its specifier canonical.
        key = parent, text, str(edge.marker or ""), location
        if key not in self._noted:
            self._noted.add(key)
            noted = Edge(
                parent=parent, text=text, specifier=edge.specifier, marker=edge.marker, location=location
            )
            self.edges.setdefault(edge.name, []).append(noted)

    def _meant(self, edge: LockedDependency) -> LockedPackage | None:
        fitting = [
            package
            for package in self._by_name.get(edge.name, ())
            if self._machine.holds(package.marker)
            and (edge.version is None or edge.version == package.version)
        ]
        return fitting[0] if fitting else None


def _chosen(
    package: LockedPackage, own: Pick | None, edges: tuple[Edge, ...], finder: Finder, index: Index
) -> Chosen:
    """Return *package* as it would be installed; *own* is the best of the files that the lock lists."""
    unasked = None
    match package.source:
        case _ if own is not None:
            pick, doubt = _from_index(package, own, finder, index)
            if pick.known:
                unasked, doubt = doubt, None
        case VcsSource():
            pick = Pick(
                name=package.name,
                version=package.version,
                source=package.source,
                known=False,
                problem="a VCS checkout is not read",
            )
            doubt = None
        case PathSource() if not package.files:
            pick, doubt = _from_path(package, package.source, index)
        case _:
            pick, doubt = _from_files(package, finder), None
    unknown = not pick.known
    return Chosen(
        pick=pick,
        wanted_by=edges,
        doubt=doubt or (pick.problem if unknown else None),
        unknown=unknown,
        incomplete=pick.incomplete,
        unasked=unasked,
        listed=_listed(package, pick) if own is not None else None,
    )


def _listed(package: LockedPackage, pick: Pick) -> tuple[IndexFile, ...] | None:
    """Return the files of the release that the lock means; None where it says nothing, which means all.

    Pipenv writes down the hashes alone.
    """
    if package.listed:
        return package.files
    if not package.hashes:
        return None
    return tuple(file for file in pick.release if not set(package.hashes).isdisjoint(file.hashes))


def _may_omit_better(package: LockedPackage, pick: Pick) -> bool:
    """Return whether the index may have a better wheel than the lock lists for this machine.

    A pure wheel is the best there is, unless the lock lists compiled ones for other machines.
    """
    if not isinstance(pick.fit, Fit):
        return True
    return pick.fit.pure and any(
        file.is_wheel and not file.filename.endswith("-any.whl") for file in package.files
    )


def _from_index(package: LockedPackage, pick: Pick, finder: Finder, index: Index) -> tuple[Pick, str | None]:
    if not _may_omit_better(package, pick):
        return pick, None
    answer = index.project(package.name, pin=package.version).result()
    match answer:
        case Project() if package.listed:
            known = {file.filename for file in package.files}
            there = {file.filename: file for file in finder.as_of(_release(answer, package))}
            release = (*pick.release, *(file for name, file in there.items() if name not in known))
            return replace(pick, release=release, file=_sized(pick.file, there)), None
        case Project():
            return _best(finder, answer, package), None
    if package.listed:
        return pick, answer.reason if isinstance(answer, Unavailable) else "no index has it"
    reason = answer.reason if isinstance(answer, Unavailable) else "no index has a project of this name"
    placeholder = Pick(
        name=package.name,
        version=package.version,
        problem=reason,
        known=False,
        absent=not isinstance(answer, Unavailable),
        incomplete=isinstance(answer, Unavailable) and answer.incomplete,
    )
    return placeholder, reason


def _best(finder: Finder, project: Project, package: LockedPackage) -> Pick:
    # The versions' texts are compared: to a lock, 1.0 and 1.0.0 are two.
    text = str(package.version)
    version = next((each for each in project.releases if str(each) == text), None)
    if version is None:
        problem = "the lock lists no file of this version"
        return Pick(name=package.name, version=package.version, problem=problem)
    return finder.pinned(project, version, frozenset(package.hashes))


def _sized(file: IndexFile | None, there: Mapping[str, IndexFile]) -> IndexFile | None:
    """Return *file* with the size that the index states of it; Poetry, PDM and Pipenv record none."""
    if file is None or file.size is not None or file.filename not in there:
        return file
    return replace(file, size=there[file.filename].size)


def _release(project: Project, package: LockedPackage) -> tuple[IndexFile, ...]:
    return project.releases.get(package.version, ()) if package.version else ()


def _from_files(package: LockedPackage, finder: Finder) -> Pick:
    """Return the pick of a URL or a local archive: the lock names its one file."""
    file = package.files[0] if package.files else None
    verdict = fit(file.filename, finder.machine) if file is not None and file.is_wheel else None
    problem = None if file is not None else "the lock does not say which file this is"
    return Pick(
        name=package.name,
        version=package.version,
        file=file,
        release=package.files,
        fit=verdict,
        problem=f"the wheel is for {verdict.needs}" if isinstance(verdict, Miss) else problem,
        known=file is not None,
        source=package.source,
    )


def _from_path(package: LockedPackage, source: PathSource, index: Index) -> tuple[Pick, str | None]:
    """Return the pick of a project folder beside the lock; its dependencies stand in the lock."""
    found = index.direct(source).result()
    direct = found if isinstance(found, Direct) else None
    problem = found.reason if isinstance(found, Unavailable) else None
    pick = Pick(
        name=package.name,
        version=package.version,
        source=source,
        direct=direct,
        known=direct is not None,
        problem=problem,
    )
    return pick, problem
