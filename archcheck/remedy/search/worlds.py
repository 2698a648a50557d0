"""The sets that a search walks through: what a manifest asks for, and what a lock holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from archcheck.index.model import Project
from archcheck.resolve.model import Ask
from archcheck.resolve.requirements import is_wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from archcheck.manifest.manifest import Location
    from archcheck.remedy.search.choices import Choice, Choices
    from archcheck.resolve.context import Context
    from archcheck.resolve.model import Pick, Resolution


class ManifestWorld:
    """What a manifest asks for on one machine, followed through the metadata of each choice."""

    def __init__(self, context: Context, choices: Choices) -> None:
        self.roots: tuple[Ask, ...] = context.roots
        self._context = context
        self._choices = choices
        self._asks: dict[tuple[int, frozenset[str]], tuple[Ask, ...]] = {}
        self._contained: dict[tuple[int, Version], tuple[SpecifierSet, bool]] = {}

    def as_is(self, name: NormalizedName) -> Choice | None:
        """Return what the package is today."""
        return self._choices.as_is(name)

    def coming_in(self, ask: Ask) -> Choice | None:
        """Return the newest good version that does for *ask*, of a package that is not there today."""
        place = 0
        while (choice := self._choices.other(ask.name, place)) is not None:
            if self.admits(None, ask, choice):
                return choice
            place += 1
        return None

    def asks(self, choice: Choice, extras: frozenset[str]) -> Iterable[Ask]:
        """Return what the metadata of *choice* asks for, with *extras* alone where there are any."""
        key = id(choice), extras
        found = self._asks.get(key)
        if found is None:
            found = self._asks[key] = tuple(self._stated(choice, extras))
        return found

    def _stated(self, choice: Choice, extras: frozenset[str]) -> Iterable[Ask]:
        return self._by_metadata(choice.pick, extras)

    def _by_metadata(self, pick: Pick, extras: frozenset[str]) -> Iterable[Ask]:
        if self._context.options.no_deps:
            return
        for dependency in self._context.needs(pick).dependencies:
            yield from self._context.asks(dependency, extras)

    def admits(self, parent: Choice | None, ask: Ask, child: Choice) -> bool:  # noqa: ARG002 - a lock's own asks for it
        """Return whether *child* is what *ask* points at, or a version that it admits."""
        if ask.only is not None:
            return child.means != "by-name" and child.pick.ident == ask.only.ident
        return self._contains(ask.specifier, child.version)

    def _contains(self, specifier: SpecifierSet, version: Version | None) -> bool:
        if version is None or not specifier:
            return True
        found = self._contained.get((id(specifier), version))
        if found is None:  # the object is kept, so that its id is not used again
            does = specifier.contains(version, prereleases=True)
            found = self._contained[id(specifier), version] = specifier, does
        return found[1]

    def excluding(self, child: Choice) -> Location | None:
        """Return the constraint that keeps *child* out."""
        constraint = self._context.constraints.get(child.name)
        if constraint is None or self._contains(constraint.specifier, child.version):
            return None
        return constraint.location

    def sound(self, choice: Choice) -> bool:
        """Return whether *choice* is good, and pip does not refuse what its metadata says."""
        if not choice.good or choice is self._choices.as_is(choice.name):
            return choice.good
        return self._context.rejection(choice.pick) is None


class LockWorld(ManifestWorld):
    """What a lock holds: its own edges, and metadata only where something moves.

    Locks state no ranges on their edges, or none that are whole. What is locked does for all that is locked
    beside it; of what moves, the metadata of those that ask for it is looked up. Of a lock without edges
    (Pipfile.lock) all metadata is. *extras* are those that each package is wanted with.
    """

    def __init__(
        self,
        context: Context,
        choices: Choices,
        locked: Resolution,
        extras: Mapping[NormalizedName, frozenset[str]],
    ) -> None:
        super().__init__(context, choices)
        self._below: dict[NormalizedName, list[Ask]] = {}
        self._stated_for: dict[tuple[NormalizedName, NormalizedName], SpecifierSet] = {}
        roots: dict[NormalizedName, Ask] = {}
        for name, chosen in locked.packages.items():
            for edge in chosen.wanted_by:
                ask = Ask(
                    key=name,
                    name=name,
                    extras=extras.get(name, frozenset()),
                    specifier=edge.specifier,
                    location=edge.location,
                    text=edge.text,
                )
                if edge.parent is None:
                    roots[name] = ask
                else:
                    self._below.setdefault(edge.parent, []).append(ask)
            if not chosen.wanted_by:
                roots[name] = Ask(key=name, name=name)
        self.roots = tuple(roots.values())
        self._has_edges = bool(self._below)

    def _stated(self, choice: Choice, extras: frozenset[str]) -> Iterable[Ask]:
        if choice is not self.as_is(choice.name):
            return super()._stated(choice, extras)
        if not self._has_edges:
            return self._by_metadata(self._on_index(choice), extras)
        return () if extras else self._below.get(choice.name, ())

    def admits(self, parent: Choice | None, ask: Ask, child: Choice) -> bool:
        """Return whether *child* will do for *ask*: what is locked does for what is locked."""
        as_it_is = child is self.as_is(child.name)
        if parent is None or parent is not self.as_is(parent.name):
            return super().admits(parent, ask, child)
        return as_it_is or self._contains(self._specifier(parent, child.name), child.version)

    def _specifier(self, parent: Choice, child: NormalizedName) -> SpecifierSet:
        """Return what the locked *parent* admits of *child*, by its metadata on the index."""
        key = parent.name, child
        found = self._stated_for.get(key)
        if found is None:
            found = SpecifierSet()
            for dependency in self._context.needs(self._on_index(parent)).dependencies:
                asked = "extra" in dependency.condition or is_wanted(
                    dependency, self._context.machine, frozenset()
                )
                if dependency.name == child and asked:
                    found &= dependency.specifier
            self._stated_for[key] = found
        return found

    def _on_index(self, choice: Choice) -> Pick:
        """Return the file of a locked version as the index has it: some locks state no address."""
        if choice.version is None:
            return choice.pick
        project = self._context.project(choice.name, SpecifierSet(f"=={choice.version}"))
        if not isinstance(project, Project) or choice.version not in project.releases:
            return choice.pick
        return self._context.finder.pinned(project, choice.version)
