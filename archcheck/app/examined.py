"""What one input comes to on a target: resolved on both architectures, looked into, judged by all rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from archcheck.app.inspection import look_inside
from archcheck.data.libraries import lacking
from archcheck.formats import row_of
from archcheck.index.model import Project
from archcheck.judge import findings as judge
from archcheck.judge.assumptions import assumed_notes
from archcheck.judge.comparison import Comparison, Inside, Side, side_of
from archcheck.judge.drift import drift_causes
from archcheck.judge.notes.confusion import confusion_notes
from archcheck.judge.notes.loading import loading_notes
from archcheck.judge.obstacles import is_apart, obstacles, order
from archcheck.judge.packages import package_row, summary, unseen
from archcheck.judge.paths import compiled, locations, parents, shortest
from archcheck.judge.recommend import recommend, weighed
from archcheck.judge.rules.missing_library import lacks_of, library_notes
from archcheck.judge.shipping.loads import large, sizes_of
from archcheck.judge.shipping.pace import pace_note, releases_until
from archcheck.judge.shipping.words import reasons as shipping_reasons
from archcheck.judge.whole_set import WholeSet
from archcheck.manifest.lock import Lock
from archcheck.model import Audit, Input, Status, TargetInfo, Trouble
from archcheck.resolve.assumptions import assume
from archcheck.resolve.model import Conflict, Resolution
from archcheck.resolve.outcomes import outcomes
from archcheck.resolve.versions import pin_of
from archcheck.savings.reckoning import savings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from archcheck.index.model import Index
    from archcheck.judge.problem import Problem
    from archcheck.manifest.manifest import Location, Manifest
    from archcheck.model import Package, Plan, Remedy, Ship, Sizes
    from archcheck.platforms.targets import Target
    from archcheck.policy import Assumption
    from archcheck.resolve.model import Chosen, Options, Outcome
    from archcheck.savings.workload import Workload


class Question(Struct, frozen=True, kw_only=True):
    """What is asked of every input alike.

    *workload* is what the saving is reckoned for; *assumptions* settle packages that cannot be read. Wheels
    are looked into within *budget* bytes for what their tags do not tell; with None they are not. *ship* is
    the way that the set has to be shipped; None where any will do.
    """

    index: Index
    options: Options
    workload: Workload | None = None
    assumptions: Mapping[NormalizedName, Assumption] = {}
    budget: int | None = None
    ship: Ship | None = None


class Examined(Struct, frozen=True, kw_only=True):
    """An input on a target, with all that was found out about it but for what to change.

    `besides` is for the report's notes.
    """

    manifest: Manifest | Lock
    target: Target
    question: Question
    x86: Outcome
    arm: Outcome
    comparisons: tuple[Comparison, ...]
    found: tuple[tuple[Comparison, Problem], ...]
    places: Mapping[NormalizedName, tuple[Location, ...]]
    besides: tuple[str, ...] = ()

    @property
    def resolutions(self) -> list[Resolution]:
        """What could be resolved."""
        return [outcome for outcome in (self.arm, self.x86) if isinstance(outcome, Resolution)]


def examine(manifest: Manifest | Lock, target: Target, question: Question) -> Examined:
    """Return what *manifest* comes to on *target*."""
    index, options = question.index, question.options
    x86, arm = (assume(each, question.assumptions) for each in outcomes(manifest, target, index, options))
    resolutions = [outcome for outcome in (arm, x86) if isinstance(outcome, Resolution)]
    via = {} if isinstance(manifest, Lock) else compiled(manifest.requirements)
    base = lacking(target.base, f"{target.python.major}.{target.python.minor}")
    inside = look_inside(resolutions, index, question.budget, absent=base.absent if base else ())
    comparisons = _comparisons(target, x86, arm, inside, parents(resolutions, via))
    causes = drift_causes(comparisons, lambda name: options.formats.allows(name)[1])
    lacks = lacks_of(comparisons)
    comparisons = tuple(
        replace(each, drift=causes.get(each.name), lacks=lacks.get(each.name, ((), ())))
        for each in comparisons
    )
    return Examined(
        manifest=manifest,
        target=target,
        question=question,
        x86=x86,
        arm=arm,
        comparisons=comparisons,
        found=judge.problems(comparisons) if isinstance(arm, Resolution) else (),
        places=locations(resolutions),
    )


def audit_of(
    examined: Examined,
    remedies: Mapping[NormalizedName, Remedy],
    unlooked: Mapping[NormalizedName, Trouble],
    plans: tuple[Plan, ...] | None,
    *,
    sought: bool = True,
) -> Audit:
    """Return the audit of what was *examined*.

    *remedies* are what is known to help, by package, and *unlooked* says why for some nothing could be looked
    for. Without *sought* nothing was looked for at all.
    """
    manifest, target, question = examined.manifest, examined.target, examined.question
    comparisons, places, resolutions = examined.comparisons, examined.places, examined.resolutions
    packages = tuple(
        package_row(comparison, places.get(comparison.name, ()), remedies.get(comparison.name))
        for comparison in comparisons
    )
    sizes, pace = _shipped(examined, packages)
    saved = savings(target, question.workload)
    whole = WholeSet(
        manifest=manifest,
        target=target,
        x86=examined.x86,
        arm=examined.arm,
        other_pythons=_other_pythons(manifest, target),
        sizes=sizes,
    )
    findings = judge.findings(examined.found, remedies, places, whole.identity)
    of_set = judge.set_findings(whole)
    findings = tuple(sorted([*findings, *of_set], key=order))
    apart = [finding for finding in of_set if is_apart(finding, manifest.path)]
    errors = (*_errors(manifest, examined.x86, examined.arm), *_unasked(comparisons), *unlooked.values())
    complete = not errors
    approximate = sorted({name for r in resolutions for name, c in r.packages.items() if _approximate(c)})
    return Audit(
        input=Input(
            path=manifest.path,
            kind=manifest.kind,
            sha256=manifest.sha256,
            extras=whole.extras,
            package=whole.member,
        ),
        target=TargetInfo(id=target.id, title=target.title, python=target.python.full, libc=str(target.libc)),
        complete=complete,
        recommendation=weighed(
            recommend(
                findings,
                complete=complete,
                empty=not packages and len(findings) == len(apart),
                approximate=approximate,
                built=[package.name for package in packages if package.on("aarch64").status.builds],
                unlooked=unlooked,
                unseen=unseen(comparisons),
                inspected=question.budget is not None,
                sought=sought,
                apart=apart,
                shipped=shipping_reasons(sizes),
            ),
            saved,
        ),
        savings=saved,
        summary=summary(packages, findings),
        packages=packages,
        findings=findings,
        obstacles=obstacles(findings),
        errors=errors,
        notes=(
            *examined.besides,
            *_notes(manifest),
            *assumed_notes(resolutions),
            *confusion_notes(resolutions),
            *library_notes(comparisons),
            *loading_notes(comparisons),
            *pace,
        ),
        sizes=sizes,
        plans=plans,
    )


def wanting(examined: Examined) -> list[tuple[Comparison, Problem]]:
    """Return what was found for which a remedy is looked for."""
    return [each for each in examined.found if judge.wants_remedy(each[1])]


def _shipped(examined: Examined, packages: Sequence[Package]) -> tuple[Sizes, tuple[str, ...]]:
    """Return what the set comes to, and how often what goes into a layer changes.

    For that only pages are looked at that were read already: a lock, and a version that is pinned, need none.
    """
    target, ship = examined.target, examined.question.ship
    sizes = sizes_of(packages, target, ship)
    if sizes.aarch64.way != "zip-layers" or isinstance(examined.manifest, Lock):
        return sizes, ()
    every = [chosen for each in examined.resolutions for chosen in each.packages.values()]
    end = max((each.pick.file.upload_time or "" for each in every if each.pick.file is not None), default="")
    worth, pinned = large(packages), {each.pick.name for each in every if _is_pinned(each)}
    releases: dict[str, int] = {}
    for name in sorted({each.pick.name for each in every if each.pick.name in worth} - pinned):
        page = examined.question.index.project(name).result()
        if isinstance(page, Project):
            times = ([file.upload_time for file in files] for files in page.releases.values())
            if (count := releases_until(times, end)) is not None:
                releases[name] = count
    sizes = sizes_of(packages, target, ship, releases=releases)
    return sizes, tuple(filter(None, [pace_note(sizes.aarch64.layer, releases, end)]))


def _is_pinned(chosen: Chosen) -> bool:
    """Return whether its page was not read whole, or need not have been: one version alone was asked for."""
    exact = (pin_of(edge.specifier) is not None for edge in chosen.wanted_by)
    return any(exact) or chosen.pick.source is not None


def _comparisons(
    target: Target,
    x86: Outcome,
    arm: Outcome,
    inside: Inside,
    above: Mapping[NormalizedName, tuple[NormalizedName | None, ...]],
) -> tuple[Comparison, ...]:
    resolutions = [outcome for outcome in (arm, x86) if isinstance(outcome, Resolution)]
    names = sorted({name for resolution in resolutions for name in resolution.packages})
    return tuple(
        Comparison(
            name=name,
            target=target,
            x86=_side(x86, name, inside),
            arm=_side(arm, name, inside),
            paths=shortest(name, above),
        )
        for name in names
    )


def _side(outcome: Outcome, name: NormalizedName, inside: Inside) -> Side:
    if isinstance(outcome, Conflict):
        return Side(
            machine=outcome.machine,
            status=Status.UNKNOWN,
            reason="the set cannot be resolved on this architecture",
        )
    return side_of(outcome.machine, outcome.packages.get(name), inside)


def _other_pythons(manifest: Manifest | Lock, target: Target) -> SpecifierSet | None:
    """Return the Pythons that the project is for, where *target* has none of them and installers insist."""
    pythons = manifest.requires_python
    if pythons is None or row_of(manifest.kind).python_is_advice:
        return None
    return None if pythons.contains(target.python.full, prereleases=True) else pythons


def _errors(manifest: Manifest | Lock, x86: Outcome, arm: Outcome) -> tuple[Trouble, ...]:
    found: dict[Trouble, None] = {}
    for skipped in (skipped for skipped in manifest.skipped if not skipped.elsewhere):
        found[Trouble(kind="skipped", message=f"{skipped.location}: {skipped.text}: {skipped.reason}")] = None
    for outcome in (arm, x86):
        if outcome.gave_up is not None:
            given_up = f"{outcome.machine.architecture}: the search for versions was given up"
            message = f"{given_up}; {outcome.gave_up}: pin some of them"
            found[Trouble(kind="conflict", message=message)] = None
        if isinstance(outcome, Conflict):
            continue
        for name, chosen in outcome.packages.items():
            trouble = _trouble(name, chosen)
            if trouble is not None:
                found[trouble] = None
    return tuple(found)


def _notes(manifest: Manifest | Lock) -> tuple[str, ...]:
    """Return what the reader of a report should know of how the input was read."""
    if isinstance(manifest, Lock):
        listed = any(package.listed and package.files for package in manifest.packages)
        own = (f"read from {manifest.path} as it is locked, by the files it lists",) if listed else ()
        return (*own, *manifest.limits, *manifest.warnings)
    return manifest.warnings


def _unasked(comparisons: Sequence[Comparison]) -> tuple[Trouble, ...]:
    """Return the packages of a lock for which the index was needed and could not be asked."""
    return tuple(
        Trouble(kind="index", message=f"{comparison.name}: {why}", package=comparison.name)
        for comparison in comparisons
        if (why := comparison.unasked) is not None
    )


def _trouble(name: str, chosen: Chosen) -> Trouble | None:
    if chosen.pick.absent:
        return Trouble(kind="not-found", message=f"{name}: {chosen.pick.problem}", package=name)
    if chosen.incomplete:
        return Trouble(kind="index", message=f"{name}: {chosen.doubt}", package=name)
    return None


def _approximate(chosen: Chosen) -> bool:
    return chosen.assumed is not None or (chosen.doubt is not None and not chosen.unknown)
