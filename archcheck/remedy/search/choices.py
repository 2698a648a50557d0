"""The versions of a package that would do: on aarch64, without making x86_64 worse."""

from __future__ import annotations

from heapq import merge
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from packaging.specifiers import SpecifierSet

from archcheck.judge.advisories import fails, issues
from archcheck.platforms.wheel_tags import Fit
from archcheck.remedy.search.costs import FREE, Cost, crossing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.data.advisories import Advisory
    from archcheck.index.model import Project
    from archcheck.platforms.targets import Target
    from archcheck.resolve.finder import Finder
    from archcheck.resolve.model import Options, Pick

_ANY = SpecifierSet()
Means = Literal["version", "relock", "build", "by-name"]


class Choice(Struct, frozen=True, kw_only=True, eq=False):
    """One version that a package may have. `pick` is what aarch64 takes of it.

    `means` says how one gets there: another version, the same one with its aarch64 wheel let in, the same one
    built from its sdist, or the same one by its name rather than by a URL. `good` is False for what stands in
    the way on aarch64.
    """

    name: NormalizedName
    version: Version | None
    pick: Pick
    cost: Cost = FREE
    means: Means = "version"
    good: bool = True


class Present(Struct, frozen=True, kw_only=True, eq=False):
    """What is installed of a package today: on x86_64, where the project runs; else on aarch64.

    `bad` tells that it stands in the way, `shared` that it does so on both architectures, and `shut_out` that
    the index has an aarch64 wheel of this very version, which a lock or its hashes leave out. `builds` tells
    that aarch64 has an sdist of it that is worth building, and `on_x86` that x86_64 has the package.
    `elsewhere` is for what a URL or a path points at.
    `stated` is what the input's own lines admit; None where it does not name the package.
    """

    name: NormalizedName
    version: Version | None
    pick: Pick
    bad: bool = False
    shared: bool = False
    shut_out: bool = False
    builds: bool = False
    on_x86: bool = True
    elsewhere: bool = False
    stated: SpecifierSet | None = None


class Choices:
    """What each package may be instead of what it is, the nearest first.

    *page* returns a project's files, or None where they cannot be had. With *locked*, versions within what is
    stated may move without a line of the user's own being changed.
    """

    def __init__(
        self,
        target: Target,
        finders: tuple[Finder, Finder],
        options: Options,
        present: Mapping[NormalizedName, Present],
        page: Callable[[NormalizedName], Project | None],
        *,
        locked: bool,
    ) -> None:
        self.present = present
        self._target = target
        self._x86, self._arm = finders
        self._options = options
        self._page = page
        self._locked = locked
        self._others: dict[NormalizedName, tuple[list[Choice], Iterator[Choice]]] = {}
        self._as_is = {
            name: Choice(name=name, version=each.version, pick=each.pick, good=not each.bad)
            for name, each in present.items()
        }

    def as_is(self, name: NormalizedName) -> Choice | None:
        """Return what the package is today; None where it is not there."""
        return self._as_is.get(name)

    def other(self, name: NormalizedName, place: int) -> Choice | None:
        """Return the good choice at *place* but for that of today, the cheapest first; None past the last.

        Of a package that is not there present, the newest version is the first.
        """
        if name not in self._others:
            self._others[name] = [], self._find(name)
        seen, rest = self._others[name]
        while len(seen) <= place:
            following = next(rest, None)
            if following is None:
                return None
            seen.append(following)
        return seen[place]

    def picks(self, choice: Choice) -> tuple[Pick, ...]:
        """Return what aarch64 takes of *choice*, and what x86_64 does."""
        project = self._page(choice.name) if choice.version is not None else None
        if project is None or choice.version is None:
            return (choice.pick,)
        return choice.pick, self._x86.pinned(project, choice.version)

    def staying(self, name: NormalizedName) -> Cost:
        """Return what it costs to leave the package in the way."""
        present = self.present.get(name)
        return Cost(shared=1) if present is not None and present.shared else Cost(left=1)

    def at_least(self, cost: Cost) -> Cost:
        """Return *cost*, or more where it must be: but in a lock, nothing moves unless some line says so."""
        return cost._replace(lines=1) if cost.moved and not cost.lines and not self._locked else cost

    def bare(
        self,
        decided: Mapping[NormalizedName, Choice],
        parents: Mapping[NormalizedName, Iterable[NormalizedName | None]],
    ) -> tuple[NormalizedName, ...]:
        """Return what needs a bound to be moved: the input does not name it, and no parent moves with it."""
        moved = {name for name, choice in decided.items() if choice.cost.moved}
        return tuple(
            name
            for name in sorted(() if self._locked else moved & parents.keys())
            if self._is_unnamed(name) and moved.isdisjoint(up for up in parents[name] if up is not None)
        )

    def once_known(self, cost: Cost, bare: Sequence[NormalizedName]) -> Cost:
        """Return what an answer costs in all, once it is known that packages are *bare*."""
        return self.at_least(cost.plus(Cost(lines=len(bare), bounds=len(bare))))

    def _is_unnamed(self, name: NormalizedName) -> bool:
        present = self.present.get(name)
        return present is None or present.stated is None

    def _find(self, name: NormalizedName) -> Iterator[Choice]:
        present, project = self.present.get(name), self._page(name)
        if project is None:
            return iter(())
        now = present.version if present else None
        versions = [
            version
            for version in self._arm.admitted(project, _ANY)
            if self._comes_into_question(version, now)
        ]
        place = {version: number for number, version in enumerate(versions)}
        middle = place.get(now, 0) if now is not None else 0
        costs = sorted(
            (self._cost(present, version, abs(number - middle)), number)
            for version, number in place.items()
            if version != now
        )
        moved = self._good_ones(project, ((cost, versions[number]) for cost, number in costs))
        return merge(moved, self._without_moving(present, project, versions), key=lambda each: each.cost)

    def _good_ones(self, project: Project, versions: Iterable[tuple[Cost, Version]]) -> Iterator[Choice]:
        """Yield what is good of *versions*, lazily: pages hold thousands, and the first often does."""
        for cost, version in versions:
            pick = self._good(project, version)
            if pick is not None:
                yield Choice(name=project.name, version=version, pick=pick, cost=cost)

    def _without_moving(
        self, present: Present | None, project: Project, versions: Iterable[Version]
    ) -> Iterator[Choice]:
        """Yield the way to have the version of today: let its wheel in, ask by name, or build it.

        A build is offered where the way on is barred, so that nobody is led back a major before it.
        """
        if present is None or present.version is None or not present.bad:
            return
        name, version = present.name, present.version
        again = self._good(project, version) if version in project.releases else None
        if again is not None and (present.shut_out or present.elsewhere):
            means: Means = "by-name" if present.elsewhere else "relock"
            cost = Cost(lines=int(not self._locked or present.elsewhere))
            yield Choice(name=name, version=version, pick=again, means=means, cost=cost)
        elif present.builds and not any(self._good(project, each) for each in versions if each > version):
            cost = Cost(lines=1, moved=1, majors=1, minors=1)
            yield Choice(name=name, version=version, pick=present.pick, means="build", cost=cost)

    def _comes_into_question(self, version: Version, now: Version | None) -> bool:
        """Return whether anybody is led to *version*: not to a pre-release, nor to 0.0.0.

        Tools call 0.0.0 what they were told no version of; duckdb's page has such a build.
        """
        early = version.is_prerelease and not (now is not None and now.is_prerelease)
        return any(version.release) and (not early or self._options.pre)

    def _cost(self, present: Present | None, version: Version, steps: int) -> Cost:
        crossed = crossing(present.version if present else None, version, steps)
        if present is None or present.stated is None:
            return crossed
        inside = self._locked and present.stated.contains(version, prereleases=True)
        back = not present.bad and present.version is not None and version < present.version
        return crossed._replace(lines=int(not inside), bounds=int(back))

    def _good(self, project: Project, version: Version) -> Pick | None:
        """Return what aarch64 takes of *version*; None where it is in the way, or x86_64 is worse off."""
        arm, x86 = self._arm.pinned(project, version), self._x86.pinned(project, version)
        if not arm.installs or arm.file is None or arm.file.yanked:
            return None
        present = self.present.get(project.name)
        picks = [arm, x86] if present is not None and present.on_x86 else [arm]
        wants_wheels = any(file.is_wheel for file in arm.release) if present is None else present.bad
        if wants_wheels or isinstance(x86.fit, Fit):
            if not all(isinstance(pick.fit, Fit) for pick in picks):
                return None
        elif not all(pick.installs for pick in picks):
            return None
        if set(issues(project.name, version, self._target, arm.file.filename)) - self._known(project.name):
            return None
        return arm

    def _known(self, name: NormalizedName) -> set[Advisory]:
        """Return what is known to be wrong on arm64 with the version of today, without its failing there."""
        present = self.present.get(name)
        if present is None or present.version is None:
            return set()
        file = present.pick.file.filename if present.pick.file else None
        known = issues(name, present.version, self._target, file)
        return set() if fails(known) else set(known)
