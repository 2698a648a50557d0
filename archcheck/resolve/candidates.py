"""What satisfies all asks for one project on one machine, most preferred first; if need be, uninstallable."""

from __future__ import annotations

from functools import reduce
from itertools import chain
from operator import and_
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from archcheck.index.model import NotFound, Project, Unavailable
from archcheck.resolve.model import Pick
from archcheck.resolve.requirements import PYTHON
from archcheck.resolve.versions import pin_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from packaging.utils import NormalizedName

    from archcheck.resolve.context import Context
    from archcheck.resolve.model import Ask

NO_PYTHON = SpecifierSet("<0")
"""What metadata that pip refuses asks of the Python: one that there is not."""


class Candidates:
    """What one pass may take for each project, in the order in which pip would try it.

    Of a name that is not *relaxed*, that is what installs, and nothing else. Of a name that is, what does not
    install follows, each with its problem; what the other architecture takes goes first among these, so that
    both are compared at one version, and then the nearest miss.

    With *first_only*, a relaxed name offers a single version that does not install. Otherwise a parent whose
    child is missing too would be walked back through all of its versions, years of them, before the child is
    relaxed itself.

    `exhausted` collects the names of which nothing that installs was left: those that a next pass may relax.
    """

    def __init__(
        self, context: Context, relaxed: AbstractSet[NormalizedName], *, first_only: bool = False
    ) -> None:
        self._context = context
        self._relaxed = relaxed
        self._first_only = first_only
        self.exhausted: set[NormalizedName] = set()

    def picks(self, asks: Sequence[Ask]) -> Iterator[Pick]:
        """Yield what satisfies all *asks*, which are for one project, most preferred first."""
        name = asks[0].name
        if asks[0].key == PYTHON:
            if all(map(self.python_fits, set(asks))):
                yield Pick(name=name, version=self._context.machine.python_version)
            return
        specifier = reduce(and_, (ask.specifier for ask in asks))
        only = {ask.only.ident: ask.only for ask in asks if ask.only is not None}
        if only:
            yield from self._direct(tuple(only.values()), specifier)
            return
        match self._context.project(name, specifier):
            case Unavailable(reason=reason, incomplete=incomplete):
                yield self._context.placeholder(
                    Pick(name=name, version=None, problem=reason, known=False, incomplete=incomplete)
                )
            case NotFound():
                if self._may_relax(name):
                    problem = "no index has a project of this name"
                    yield self._context.placeholder(
                        Pick(name=name, version=None, problem=problem, known=False, absent=True)
                    )
            case project:
                yield from self._from_project(project, asks, specifier)

    def python_fits(self, ask: Ask) -> bool:
        """Return whether the machine's Python is one that *ask* admits."""
        return ask.specifier is not NO_PYTHON and self._context.machine.admits(ask.text)

    def _from_project(self, project: Project, asks: Sequence[Ask], specifier: SpecifierSet) -> Iterator[Pick]:
        """Yield what installs; where the name is relaxed, or nothing does, also what does not."""
        context, name = self._context, project.name
        hashes = context.hashes(asks)
        rest: Iterator[Pick]
        refused: list[Pick] = []
        found = False
        for pick in context.finder.picks(project, specifier, hashes or frozenset()):
            problem = context.unhashed(name) if hashes is None else None
            if problem is None and name in self._relaxed:
                problem = context.rejection(pick)
            if problem is not None:
                refused.append(pick.refused(problem))
                continue
            found = True
            yield pick
        if found and name not in self._relaxed:
            return
        prefer = context.prefer.get(name)
        if hashes is None:
            rest = chain(refused, context.finder.rejected(project, specifier, frozenset(), prefer))
        else:
            beside = prefer if found else prefer or context.missing_beside.get(name)
            rest = context.finder.rejected(project, specifier, hashes, beside, refused)
        if found:
            # Something installs, so what does not is admitted only where the other architecture has it.
            rest = (pick for pick in rest if pick.version == prefer)
        first = next(rest, None)
        if first is None and not found:
            first = self._exhausted(project, asks)
        if first is not None and self._may_relax(name):
            yield first
            if not self._first_only:
                yield from rest

    def _exhausted(self, project: Project, asks: Sequence[Ask]) -> Pick | None:
        """Return a placeholder where one ask alone is for versions that do not exist: no conflict."""
        whole = project if project.complete else self._context.project(project.name)
        if not isinstance(whole, Project):
            return None
        for ask in asks:
            finder = self._context.finder
            if next(finder.admitted(whole, ask.specifier), None) is None:
                newest = next(finder.admitted(whole), None)
                known = f"the newest is {newest}" if newest else finder.why_none(whole)
                pin = pin_of(ask.specifier)
                if pin is not None and pin.local and Version(pin.public) in whole.releases:
                    known = f"{pin.public} is there without +{pin.local}"
                problem = f"the index has no version that satisfies {ask.specifier or 'it'}; {known}"
                pick = Pick(name=project.name, version=pin_of(ask.specifier), problem=problem)
                return self._context.placeholder(pick)
        return None

    def _direct(self, only: Sequence[Pick], specifier: SpecifierSet) -> Iterator[Pick]:
        """Yield the one distribution that is pointed at; none where several are, or where it does not do."""
        pick = only[0]
        fits = pick.version is None or specifier.contains(pick.version, prereleases=True)
        if len(only) == 1 and fits and (pick.installs or not pick.known or self._may_relax(pick.name)):
            yield pick

    def _may_relax(self, name: NormalizedName) -> bool:
        if name in self._relaxed:
            return True
        self.exhausted.add(name)
        return False
