"""The first remedy for an obstacle, from the project page at hand: another version, or a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from archcheck.manifest import FormatControl
from archcheck.model import Remedy
from archcheck.resolve.finder import Finder
from archcheck.resolve.model import Options

if TYPE_CHECKING:
    from packaging.version import Version

    from archcheck.audit.rules import Problem
    from archcheck.audit.subject import Subject
    from archcheck.index.model import Project
    from archcheck.resolve.model import Pick

_WHEELS_ONLY = Options(formats=FormatControl(only_binary=frozenset({":all:"})))


def declared_range(subject: Subject) -> SpecifierSet:
    """Return what everyone who asks for the package on aarch64 admits, taken together."""
    chosen = subject.arm.chosen
    specifier = SpecifierSet()
    for edge in chosen.wanted_by if chosen else ():
        specifier &= edge.specifier
    return specifier


def first_remedy(subject: Subject, problem: Problem, project: Project | None) -> Remedy | None:
    """Return the nearest version with a wheel that fits aarch64, else a build, else None.

    Newer inside the declared range goes before newer beyond it, and that before the nearest older one. It is
    not verified: nothing was resolved again with it.
    """
    if problem.rule == "AC015":
        return Remedy(kind="relock", message="lock or hash again with the aarch64 wheel let in")
    by_version = _versions_that_fit(subject, project)
    current = subject.arm.chosen.pick.version if subject.arm.chosen else None
    remedy = _another_version(subject, by_version, current) if current else None
    if remedy is None and subject.arm.status.builds:
        return Remedy(kind="build", message=_build_message(subject))
    return remedy


def _versions_that_fit(subject: Subject, project: Project | None) -> dict[Version, Pick]:
    if project is None:
        return {}
    finder = Finder(subject.arm.machine, _WHEELS_ONLY)
    picks = finder.picks(project, SpecifierSet(), frozenset())
    return {pick.version: pick for pick in picks if pick.version is not None}


def _another_version(subject: Subject, fitting: dict[Version, Pick], current: Version) -> Remedy | None:
    if not fitting:
        return None
    declared = declared_range(subject)
    newer = [version for version in fitting if version > current]
    within = [version for version in newer if declared.contains(version)]
    older = [version for version in fitting if version < current]
    chosen = min(within, default=None) or min(newer, default=None) or max(older, default=None)
    if chosen is None:
        return None
    file = fitting[chosen].file
    inside = declared.contains(chosen)
    first = min(fitting)
    verb = "upgrade" if chosen > current else "go back"
    bounds = "" if inside or not declared else f", outside {declared}"
    return Remedy(
        kind="version",
        message=f"{verb} {subject.name} {current} → {chosen}{bounds}",
        version=str(chosen),
        range="within" if inside else "beyond",
        direction="newer" if chosen > current else "older",
        file=file.filename if file else None,
        first_version=str(first),
    )


def _build_message(subject: Subject) -> str:
    target = subject.target
    if target.is_lambda:
        return f"build it in public.ecr.aws/lambda/python:{target.python.short}-arm64"
    return f"build it on {target.base} for arm64, with Python {target.python.short}"
