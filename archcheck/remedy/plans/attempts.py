"""From a set of moves to changed inputs: the plainest first, more tightly bound where that does not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from archcheck.manifest.lock import Lock, LockedDependency
from archcheck.model import Change, Place
from archcheck.remedy.plans.edited import (
    Edit,
    Release,
    extras_in,
    hashes_of,
    lines_of,
    to_change,
    with_edits,
    with_releases,
)
from archcheck.remedy.plans.ranges import pin, range_for
from archcheck.resolve.model import Resolution
from archcheck.resolve.requirements import is_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from archcheck.manifest.dependency import Dependency
    from archcheck.manifest.manifest import Manifest
    from archcheck.remedy.plans.situation import Situation
    from archcheck.remedy.search.choices import Choice, Present
    from archcheck.remedy.search.repair import Found


class Attempt(Struct, frozen=True, kw_only=True):
    """A changed input, and the changes that made it so; `lines` and `bounds` count as in `Cost`.

    `edits` are ranges for what the input names, `added` those for what it does not.
    """

    changed: Manifest | Lock
    changes: tuple[Change, ...]
    lines: int
    bounds: int
    edits: Mapping[NormalizedName, Edit] = {}
    added: Mapping[NormalizedName, Edit] = {}


class Writing:
    """Writes the moves that a search has *found* into the input of the *situation*."""

    def __init__(
        self,
        situation: Situation,
        present: Mapping[NormalizedName, Present],
        found: Found,
        dependencies: Callable[[Choice], Iterable[Dependency]],
    ) -> None:
        self._situation = situation
        self._present = present
        self._found = found
        self._dependencies = dependencies
        self.moves = {
            name: choice
            for name, choice in found.decided.items()
            if name in found.walked.choices and choice is found.walked.choices[name] and self._is_move(choice)
        }
        self._lines = (
            {} if isinstance(situation.manifest, Lock) else lines_of(situation.manifest, situation.machine)
        )

    def _is_move(self, choice: Choice) -> bool:
        present = self._present.get(choice.name)
        return present is None or choice.version != present.version or choice.means in {"relock", "by-name"}

    @property
    def builds(self) -> tuple[NormalizedName, ...]:
        """The packages that are to be built as they are."""
        return tuple(sorted(name for name, each in self._found.decided.items() if each.means == "build"))

    def first(self) -> Attempt:
        """Return the plainest way: the lines that name what moves, with ranges like those of before."""
        manifest = self._situation.manifest
        if isinstance(manifest, Lock):
            return self._in_lock(manifest)
        edits = {
            name: self._edit(choice, self._range(choice))
            for name, choice in self.moves.items()
            if self._is_stated(name) and self._must_be_said(choice)
        }
        return self._in_manifest(manifest, edits, {})

    def tighter(self, wrong: Iterable[str]) -> Iterator[Attempt]:
        """Yield ways for which less is left open, where the plainest leaves *wrong* in the way."""
        manifest = self._situation.manifest
        if isinstance(manifest, Lock):
            return
        choices = self._found.walked.choices
        edits = {
            name: self._edit(choice, self._range(choice))
            for name, choice in self.moves.items()
            if self._is_stated(name)
        }
        needed = {name: choice for name, choice in choices.items() if name in set(wrong)}
        bounds = {
            name: self._edit(choice, self._range(choice))
            for name, choice in needed.items()
            if not self._is_stated(name)
        }
        if bounds:
            yield self._in_manifest(manifest, edits, bounds)
        pinned = {
            name: self._edit(choice, pin(choice.version))
            for name, choice in {**self.moves, **needed}.items()
            if choice.version is not None
        }
        named = {name: edit for name, edit in pinned.items() if self._is_stated(name)}
        for tight in ({name: edit for name, edit in named.items() if name in needed}, named):
            if tight:
                yield self._in_manifest(manifest, {**edits, **tight}, bounds)
        rest = {name: edit for name, edit in pinned.items() if not self._is_stated(name)}
        if rest:
            yield self._in_manifest(manifest, {**edits, **named}, rest)

    def _must_be_said(self, choice: Choice) -> bool:
        """Return whether *choice* does not come about by itself, by what asks for it being moved."""
        present = self._present.get(choice.name)
        return present is None or present.bad or self._is_shut_out(choice.name)

    def _is_stated(self, name: NormalizedName) -> bool:
        present = self._present.get(name)
        return name in self._lines or (present is not None and present.stated is not None)

    def _range(self, choice: Choice) -> SpecifierSet:
        present = self._present.get(choice.name)
        if choice.version is None:
            return SpecifierSet()
        if choice.means in {"relock", "by-name"} or present is None:
            return pin(choice.version)
        return range_for(present.stated or SpecifierSet(), choice.version, present.version)

    def _edit(self, choice: Choice, specifier: SpecifierSet) -> Edit:
        """Return the range, with the hashes of every file of the version: the installer may want any."""
        version = choice.version or Version("0")
        return Edit(version=version, specifier=specifier, hashes=hashes_of(choice.pick.release))

    def _in_manifest(
        self, manifest: Manifest, edits: Mapping[NormalizedName, Edit], bounds: Mapping[NormalizedName, Edit]
    ) -> Attempt:
        changes = [
            *(self._change(name, edit, "version") for name, edit in edits.items()),
            *(self._change(name, edit, "constraint") for name, edit in bounds.items()),
        ]
        return Attempt(
            changed=with_edits(manifest, self._situation.machine, edits, bounds),
            changes=tuple(changes),
            lines=sum(max(1, len(self._places(name, edit.version))) for name, edit in edits.items())
            + len(bounds),
            bounds=len(bounds) + sum(map(self._goes_back_though_good, edits)),
            edits=edits,
            added=bounds,
        )

    def _places(self, name: NormalizedName, version: Version) -> list[Place]:
        """Return the lines that have to change for the package to have *version*."""
        lines = to_change(self._lines.get(name, ()), version)
        return [Place(path=line.location.path, line=line.location.line or None) for line in lines]

    def _place_in_lock(self, lock: Lock, name: NormalizedName) -> Place | None:
        """Return where the project states the package, as far as its lock tells."""
        for edge in lock.requirements:
            if edge.name == name and edge.location is not None:
                return Place(path=edge.location.path, line=edge.location.line or None)
        return None

    def needless(self, attempt: Attempt) -> list[NormalizedName]:
        """Return the changes of *attempt* that may come about by themselves, if there are others."""
        admitted = [name for name in attempt.edits if not self._is_shut_out(name)]
        found = sorted([*admitted, *attempt.added])
        return found if len(attempt.changes) > 1 else []

    def _is_shut_out(self, name: NormalizedName) -> bool:
        """Return whether what the input says today keeps out what it is to have."""
        present, choice = self._present.get(name), self._found.walked.choices.get(name)
        if present is None or present.stated is None or choice is None or choice.version is None:
            return True
        return choice.means != "version" or not present.stated.contains(choice.version, prereleases=True)

    def without(self, attempt: Attempt, name: NormalizedName) -> Attempt:
        """Return *attempt* without what it says of the package *name*."""
        manifest = self._situation.manifest
        if isinstance(manifest, Lock):
            return attempt
        edits = {each: edit for each, edit in attempt.edits.items() if each != name}
        return self._in_manifest(
            manifest, edits, {each: edit for each, edit in attempt.added.items() if each != name}
        )

    def _change(self, name: NormalizedName, edit: Edit, kind: str) -> Change:
        choice = self._found.walked.choices[name]
        present = self._present.get(name)
        place = next(iter(self._places(name, edit.version)), None)
        return Change(
            kind="constraint" if kind == "constraint" else "version",
            package=name,
            from_=str(present.version) if present and present.version else None,
            to=str(choice.version),
            specifier=str(edit.specifier),
            direct=kind == "version",
            via={"relock": "its hashes, with the aarch64 wheel's", "by-name": "by name, not by URL"}.get(
                choice.means
            ),
            location=place,
        )

    def _goes_back_though_good(self, name: NormalizedName) -> bool:
        present, choice = self._present.get(name), self._found.walked.choices[name]
        if present is None or present.bad or present.version is None or choice.version is None:
            return False
        return choice.version < present.version

    def _in_lock(self, lock: Lock) -> Attempt:
        releases, stated, changes = {}, {}, []
        for name, choice in sorted(self.moves.items()):
            if choice.version is None:
                continue
            before = self._present.get(name)
            releases[name] = Release(
                was=before.version if before is not None else None,
                version=choice.version,
                files=choice.pick.release,
                dependencies=tuple(self._edges(lock, choice)),
            )
            present = self._present.get(name)
            beyond = (
                present is not None
                and present.stated is not None
                and not present.stated.contains(choice.version, prereleases=True)
            )
            specifier = self._range(choice) if beyond else SpecifierSet()
            if beyond:
                stated[name] = specifier
            kind = "relock" if choice.means == "relock" else "version" if beyond else "lock"
            changes.append(
                Change(
                    kind=kind,  # type: ignore[arg-type]
                    package=name,
                    from_=str(present.version) if present and present.version else None,
                    to=str(choice.version),
                    specifier=str(specifier),
                    direct=present is not None and present.stated is not None,
                    location=self._place_in_lock(lock, name),
                )
            )
        walked = self._found.walked.choices
        for name, choice in walked.items():
            if name not in self._present and choice.version is not None and name not in releases:
                releases[name] = Release(  # comes in of itself
                    was=None,
                    version=choice.version,
                    files=choice.pick.release,
                    dependencies=tuple(self._edges(lock, choice)),
                )
        arm = self._situation.arm
        gone = set(arm.packages) - walked.keys() if isinstance(arm, Resolution) else set()
        return Attempt(
            changed=with_releases(lock, releases, stated, gone),
            changes=tuple(changes),
            lines=len(stated),
            bounds=0,
        )

    def _edges(self, lock: Lock, choice: Choice) -> Iterator[LockedDependency]:
        """Yield what the lock would have of the dependencies of *choice*, for the target's two machines."""
        extras = extras_in(lock).get(choice.name, frozenset())
        machines = [self._situation.target.on(each) for each in ("x86_64", "aarch64")]
        for dependency in self._dependencies(choice):
            wanted = [
                machine.architecture
                for machine in machines
                if is_wanted(dependency, machine, frozenset())
                or (extras and is_wanted(dependency, machine, extras))
            ]
            if wanted:
                only = Marker(f'platform_machine == "{wanted[0]}"') if len(wanted) == 1 else None
                yield LockedDependency(
                    name=dependency.name,
                    extras=dependency.extras,
                    marker=only,
                    specifier=dependency.specifier,
                )
