"""The versions that would do of a package of which none installs, and which of them misses by least."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from archcheck.index.model import Project
from archcheck.resolve.model import Admitted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packaging.version import Version

    from archcheck.resolve.context import Context
    from archcheck.resolve.model import Edge, Pick


def admitted(context: Context, pick: Pick, edges: Sequence[Edge]) -> Admitted | None:
    """Return the versions that would do in the place of *pick*, which does not install; None where one does.

    *edges* are all who ask for it in the end. A version that installs and is not taken is kept out by what
    others ask for, which no other version's files tell anything about.
    """
    if pick.installs or not pick.known or pick.file is None or pick.source is not None:
        return None
    asks = [ask for ask in context.roots if ask.name == pick.name]
    if constraint := context.constraints.get(pick.name):
        asks.append(constraint)
    bounds = [*(edge.specifier for edge in edges), *(ask.specifier for ask in asks)]
    specifier = reduce(and_, bounds, SpecifierSet())
    project, hashes = context.project(pick.name, specifier), context.hashes(asks)
    if not isinstance(project, Project) or hashes is None:
        return None
    refused: dict[Version | None, Pick] = {}
    for each in context.finder.picks(project, specifier, hashes):
        problem = context.rejection(each)
        if problem is None:
            return None
        refused[each.version] = each.refused(problem)
    nearest = next(context.finder.rejected(project, specifier, hashes, refused=[*refused.values()]), None)
    if nearest is None or nearest.version is None:
        return None
    alike = _alike(project, nearest.version)
    versions = list(filter(alike, context.finder.admitted(project, specifier)))
    newest = refused.get(versions[0]) or context.finder.pinned(project, versions[0], hashes)
    return Admitted(nearest=nearest, newest=newest, count=len(versions))


def _alike(project: Project, version: Version) -> Callable[[Version], bool]:
    """Return whether a version is one that pip takes as soon as *version*: no prerelease, nothing yanked."""

    def is_yanked(each: Version) -> bool:
        return all(file.yanked for file in project.releases[each])

    return lambda each: each.is_prerelease <= version.is_prerelease and is_yanked(each) <= is_yanked(version)
