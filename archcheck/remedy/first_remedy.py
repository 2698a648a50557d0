"""The first remedy for an obstacle, from the project page at hand: another version, or a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from archcheck.data.images import lambda_image
from archcheck.judge.advisories import fails, issues
from archcheck.manifest.manifest import FormatControl
from archcheck.model import Remedy
from archcheck.resolve.finder import Finder
from archcheck.resolve.model import Options
from archcheck.resolve.versions import is_pinned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.index.model import Project
    from archcheck.judge.comparison import Comparison
    from archcheck.judge.problem import Problem
    from archcheck.resolve.model import Pick

_WHEELS_ONLY = FormatControl(only_binary=frozenset({":all:"}))


def first_remedy(
    comparison: Comparison,
    problem: Problem,
    project: Project | None,
    *,
    constraint: SpecifierSet | None = None,
    options: Options | None = None,
) -> Remedy | None:
    """Return the nearest version with a wheel that fits aarch64, else a build, else None.

    Newer inside the declared range goes before newer beyond it, and that before the nearest older one. The
    *constraint* narrows the range; *options* admit files, as they did for the set. It is not verified:
    nothing was resolved again with it.
    """
    options = options or Options()
    if problem.rule == "AC015":
        later = ", or with a later --exclude-newer" if options.exclude_newer else ""
        return Remedy(kind="relock", message=f"lock or hash again with the aarch64 wheel let in{later}")
    current = comparison.arm.chosen.pick.version if comparison.arm.chosen else None
    fits = _versions_that_fit(comparison, project, options)
    fitting = dict(_down_to_a_sound_one(fits, comparison, current) if problem.rule == "AC012" else fits)
    sound = _sound(fitting, comparison, problem)
    remedy = None
    if problem.rule == "AC008":  # a file that the project chose for itself: another version is not the same
        remedy = _by_name(comparison, sound, current)
    elif sound and current:
        remedy = _another_version(comparison, sound, current, declared_range(comparison, constraint))
    if remedy is not None:
        return remedy if problem.rule == "AC012" else replace(remedy, first_version=str(min(fitting)))
    if problem.rule == "AC013" or comparison.arm.in_vain:
        return None
    if comparison.arm.status.builds:
        building = f"; {comparison.arm.building}" if comparison.arm.building else ""
        return Remedy(kind="build", message=f"{_build_message(comparison)}{building}")
    if _can_be_built_before(comparison, options):
        return Remedy(
            kind="build", message=f"{_build_message(comparison)}, and let the wheel in by --find-links"
        )
    return None


def declared_range(comparison: Comparison, constraint: SpecifierSet | None = None) -> SpecifierSet:
    """Return what everyone who asks for the package on aarch64 admits, taken together."""
    chosen = comparison.arm.chosen
    specifier = constraint or SpecifierSet()
    for edge in chosen.wanted_by if chosen else ():
        specifier &= edge.specifier
    return specifier


def _versions_that_fit(
    comparison: Comparison, project: Project | None, options: Options
) -> Iterator[tuple[Version, Pick]]:
    """Yield the versions of which aarch64 would get a wheel, newest first.

    Not 0.0.0: tools call so what they were told no version of, and duckdb's page has such a build.
    """
    if project is None:
        return
    finder = Finder(comparison.arm.machine, replace(options, formats=_WHEELS_ONLY))
    for pick in finder.picks(project, SpecifierSet(), frozenset()):
        if pick.version is not None and any(pick.version.release):
            yield pick.version, pick


def _down_to_a_sound_one(
    fitting: Iterable[tuple[Version, Pick]], comparison: Comparison, current: Version | None
) -> Iterator[tuple[Version, Pick]]:
    """Yield *fitting* until one comes that is older than *current* and of which nothing bad is known (AC012).

    What is older still is no nearer, and a page may have hundreds of versions.
    """
    for version, pick in fitting:
        yield version, pick
        is_older = current is not None and version < Version(current.public)
        if is_older and not issues(comparison.name, version, comparison.target, _file_of(pick)):
            return


def _sound(fitting: dict[Version, Pick], comparison: Comparison, problem: Problem) -> dict[Version, Pick]:
    """Return those of *fitting* of which nothing bad is known (AC012), else those that do not fail."""
    known = {
        version: issues(comparison.name, version, comparison.target, _file_of(pick))
        for version, pick in fitting.items()
    }
    sound = {version: pick for version, pick in fitting.items() if not known[version]}
    if sound or problem.rule == "AC012":
        return sound
    return {version: pick for version, pick in fitting.items() if not fails(known[version])}


def _by_name(comparison: Comparison, fitting: dict[Version, Pick], current: Version | None) -> Remedy | None:
    if current is None or current not in fitting:
        return None
    return Remedy(
        kind="version",
        message=f"ask for {comparison.name}=={current} by name: the index has an aarch64 wheel of it",
        version=str(current),
        range="within",
        file=_file_of(fitting[current]),
    )


def _another_version(
    comparison: Comparison, fitting: dict[Version, Pick], current: Version, declared: SpecifierSet
) -> Remedy | None:
    if (public := Version(current.public)) != current and public in fitting:
        return _without_local_part(comparison, fitting[public], current)
    newer = [version for version in fitting if version > current]
    within = [version for version in newer if declared.contains(version, prereleases=True)]
    older = [version for version in fitting if version < current]
    chosen = min(within, default=None) or min(newer, default=None) or max(older, default=None)
    if chosen is None:
        return None
    inside = declared.contains(chosen, prereleases=True)
    verb = "upgrade" if chosen > current else "go back"
    bounds = "" if inside or is_pinned(declared) else f", outside {declared}"
    if not inside and comparison.paths and len(comparison.paths[0]) > 1:
        bounds += f": {comparison.paths[0][-2]} decides it, so look for a version of that which admits it"
    return Remedy(
        kind="version",
        message=f"{verb} {comparison.name} {current} → {chosen}{bounds}",
        version=str(chosen),
        range="within" if inside else "beyond",
        direction="newer" if chosen > current else "older",
        file=_file_of(fitting[chosen]),
    )


def _without_local_part(comparison: Comparison, pick: Pick, current: Version) -> Remedy:
    """Return the remedy for a build for CUDA or x86_64 alone: the version as it is published (PEP 440)."""
    public = f"{comparison.name}=={current.public}"
    return Remedy(
        kind="version",
        message=f"ask for {public}, without +{current.local}: that has an aarch64 wheel",
        version=current.public,
        range="beyond",
        direction="older",
        file=_file_of(pick),
    )


def _file_of(pick: Pick) -> str | None:
    return pick.file.filename if pick.file else None


def _can_be_built_before(comparison: Comparison, options: Options) -> bool:
    """Return whether there is an sdist that --only-binary alone keeps pip from building."""
    if options.formats.allows(comparison.name)[1] or options.require_hashes or comparison.arm.chosen is None:
        return False
    return any(
        not file.is_wheel and comparison.arm.machine.admits(file.requires_python)
        for file in comparison.arm.chosen.pick.release
    )


def _build_message(comparison: Comparison) -> str:
    target = comparison.target
    if target.is_lambda:
        return f"build it in {lambda_image(target.python.short)}"
    return f"build it on {target.base} for arm64, with Python {target.python.short}"
