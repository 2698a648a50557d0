"""One audit of what is built already: does it run on the target, and if not, can it be built again for it.

Nothing is resolved. Each native file is held against the target; only for the distributions whose files do
not load is the index asked, as for a lock of their very versions, whether arm64 has files of them.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.app.audit import audit_input
from archcheck.judge.artifacts.loading import side_of_part
from archcheck.judge.artifacts.problems import misplaced, no_platform, part_mismatch, stray_mismatch
from archcheck.judge.artifacts.requirements import lacking, not_brought
from archcheck.judge.artifacts.weight import sizes_of_built, too_heavy
from archcheck.judge.comparison import Comparison
from archcheck.judge.findings import findings as findings_of
from archcheck.judge.findings import set_finding
from archcheck.judge.obstacles import TARGET_PROBLEM, is_obstacle, obstacles, order
from archcheck.judge.packages import package_row, summary
from archcheck.judge.paths import parents, shortest
from archcheck.judge.recommend import recommend_built, weighed
from archcheck.judge.rules.known_issue import known_issue, one_cause
from archcheck.judge.shipping.words import reasons as shipping_reasons
from archcheck.manifest.lock import LockedDependency
from archcheck.model import Audit, Input, Remedy, TargetInfo, Trouble
from archcheck.resolve.lockfile import edges_of
from archcheck.resolve.model import Resolution
from archcheck.savings.reckoning import savings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from archcheck.index.model import Index
    from archcheck.judge.problem import Problem, SetProblem
    from archcheck.manifest.built import Built, Part
    from archcheck.manifest.lock import Lock
    from archcheck.model import Ship, Sizes
    from archcheck.platforms.architectures import Architecture
    from archcheck.platforms.targets import Machine, Target
    from archcheck.resolve.model import Options
    from archcheck.savings.workload import Workload


# What the index says of those versions is told with the file that does not load, or is no fault of it.
_OF_THE_SET = frozenset({TARGET_PROBLEM, "AC006", "AC009", "AC014", "AC016"})


def audit_built(
    lock: Lock,
    built: Built,
    target: Target,
    index: Index,
    options: Options,
    *,
    asked: Architecture = "aarch64",
    workload: Workload | None = None,
    ship: Ship | None = None,
) -> Audit:
    """Return the audit of the artifact that *lock* lists and *built* holds: whether it runs on *asked*.

    *ship* is the way that it has to be shipped; None where any will do that its kind admits.
    """
    comparisons = _comparisons(lock, built, target)
    found = tuple(_problems(comparisons, built, target, asked))
    stuck = {
        comparison.name for comparison, problem in found if problem.rule == "AC011" and is_obstacle(problem)
    }
    tree = built.on(asked)
    if tree is None:  # of an image for another platform, all that is compiled has to be there for this one
        stuck = {part.name for each in built.trees for part in each.parts if part.natives}
    again = _again(lock, stuck, target, index, options) if stuck else None
    remedies = _remedies(again, stuck, asked)
    made = list(findings_of(found, remedies, {}, lock.path, wants=frozenset({"AC011"})))
    sizes = sizes_of_built(built, target, ship)
    saved = savings(target, workload)
    for problem in (
        *_set_problems(lock.path, built, target, asked),
        *_of_the_whole(lock, built, target, sizes, asked),
    ):
        remedy = _whole_remedy(problem, again, remedies, stuck, asked)
        made.append(set_finding(replace(problem, remedy=remedy), lock.path, target.id))
    if again is not None and asked == "aarch64":
        paths = {str(comparison.name): comparison.paths for comparison in comparisons}
        made += [
            replace(finding, path=next(iter(paths.get(finding.package, ())), finding.path))
            for finding in again.findings
            if finding.rule not in _OF_THE_SET and finding.package in stuck
        ]
    unlooked = tuple(
        replace(each, message=f"whether it can be built again for {_called(asked)}: {each.message}")
        for each in (again.errors if again is not None else ())
    )
    skipped = tuple(
        Trouble(kind="skipped", message=f"{each.location}: {each.text}: {each.reason}")
        for each in lock.skipped
    )
    doubted = {PurePath(lock.path).name, *(each.package or "" for each in unlooked)} if unlooked else set()
    found_all = tuple(sorted(made, key=order))
    packages = tuple(package_row(each, (), remedies.get(each.name)) for each in comparisons)
    errors = (*skipped, *unlooked)
    return Audit(
        input=Input(path=lock.path, kind=lock.kind, sha256=lock.sha256),
        target=TargetInfo(id=target.id, title=target.title, python=target.python.full, libc=str(target.libc)),
        complete=not errors,
        recommendation=weighed(
            recommend_built(
                found_all,
                asked=asked,
                complete=not errors,
                empty=not packages and not found_all and not any(each.natives for each in built.trees),
                other_runs=_runs(comparisons, built, target, _other(asked))
                and too_heavy(lock.path, built, sizes, _other(asked)) is None,
                unread=_unread(built, asked),
                unlooked=doubted,
                lacking=tuple(_lacking(lock, built, target.on(asked))),
                shipped=shipping_reasons(sizes) if built.ship != "image" else (),
            ),
            saved,
        ),
        savings=saved,
        summary=summary(packages, found_all),
        packages=packages,
        findings=found_all,
        obstacles=obstacles(found_all),
        errors=errors,
        notes=(*lock.limits, *lock.warnings, *_notes(built)),
        sizes=sizes,
    )


def _comparisons(lock: Lock, built: Built, target: Target) -> tuple[Comparison, ...]:
    machines = {each: target.on(each) for each in ("x86_64", "aarch64")}
    sides = {}
    for architecture, machine in machines.items():
        tree, edges = built.on(architecture), edges_of(lock, machine)
        parts = _by_name(built, architecture)
        sides[architecture] = {
            each: side_of_part(parts.get(each), tree, machine, tuple(edges.get(each, ())))
            for each in (package.name for package in lock.packages)
        }
    resolutions = [
        Resolution(
            machine=machines[each],
            packages={name: side.chosen for name, side in sides[each].items() if side.chosen is not None},
        )
        for each in ("aarch64", "x86_64")
    ]
    above = parents(resolutions, {})
    return tuple(
        Comparison(
            name=name,
            target=target,
            x86=sides["x86_64"][name],
            arm=sides["aarch64"][name],
            paths=shortest(name, above),
        )
        for name in sorted({package.name for package in lock.packages})
    )


def _by_name(built: Built, architecture: str) -> Mapping[NormalizedName, Part]:
    tree = built.on(architecture)
    return {part.name: part for part in tree.parts} if tree is not None else {}


def _problems(
    comparisons: tuple[Comparison, ...], built: Built, target: Target, asked: Architecture
) -> Iterator[tuple[Comparison, Problem]]:
    parts = _by_name(built, asked)
    for comparison in comparisons:
        part = parts.get(comparison.name)
        wrong = part_mismatch(part, target.on(asked)) if part is not None else None
        known = known_issue(comparison) if asked == "aarch64" else None
        for problem in one_cause(comparison, filter(None, (wrong, known))):
            yield comparison, problem


def _set_problems(path: str, built: Built, target: Target, asked: Architecture) -> Iterator[SetProblem]:
    tree, machine = built.on(asked), target.on(asked)
    if tree is None:
        yield no_platform(path, machine)
        return
    stray = stray_mismatch(path, tree, machine)
    if stray is not None:
        yield stray
    yield from misplaced(path, tree, machine)


def _of_the_whole(
    lock: Lock, built: Built, target: Target, sizes: Sizes, asked: Architecture
) -> Iterator[SetProblem]:
    """Yield what is wrong with the artifact as something that is shipped: its size, and what it lacks."""
    heavy = too_heavy(lock.path, built, sizes, asked)
    if heavy is not None:
        yield heavy
    tree = built.on(asked)
    if tree is not None and built.whole:
        yield from not_brought(lock, tree, target.on(asked), target.on(_other(asked)))


def _lacking(lock: Lock, built: Built, machine: Machine) -> Iterable[str]:
    """Return what is required and not brought; of a wheel, which never brings it, its reader says so."""
    tree = built.on(machine.architecture)
    return lacking(lock, tree, machine) if tree is not None and built.whole else ()


def _again(lock: Lock, names: set[NormalizedName], target: Target, index: Index, options: Options) -> Audit:
    """Return the audit of the very versions *names* of *lock*, as the index has them."""
    packages = tuple(
        replace(each, dependencies=(), optional={}) for each in lock.packages if each.name in names
    )
    wanted = tuple(LockedDependency(name=each.name, location=each.location) for each in packages)
    bare = replace(
        lock, requirements=wanted, packages=packages, skipped=(), limits=(), warnings=(), requires_python=None
    )
    return audit_input(bare, target, index, options)


def _remedies(
    again: Audit | None, names: set[NormalizedName], asked: Architecture
) -> dict[NormalizedName, Remedy]:
    """Return what clears each of *names*: building again, or what the index's own answer comes to."""
    found = {}
    for package in again.packages if again is not None else ():
        result = package.on(asked)
        name = next((each for each in names if each == package.name), None)
        if name is None:
            continue
        if result.status.ready:
            what = result.file or "an sdist that needs no compiler"
            message = f"build it again for {_called(asked)}: the index has {what}"
            found[name] = Remedy(kind="rebuild", message=message, file=result.file, verified=True)
        elif result.status.builds:
            message = f"build it again on {_called(asked)}, from the sdist: the index has no wheel of it"
            found[name] = Remedy(kind="build", message=message, file=result.file)
        elif package.remedy is not None and asked == "aarch64":
            found[name] = package.remedy
    return found


def _whole_remedy(
    problem: SetProblem,
    again: Audit | None,
    remedies: Mapping[NormalizedName, Remedy],
    names: set[NormalizedName],
    asked: Architecture,
) -> Remedy | None:
    """Return the remedy of an image without a platform: to be built for it, where all in it can be."""
    if problem.remedy is not None:
        return problem.remedy
    if problem.kind != "no-platform" or not names <= remedies.keys() or (again is not None and again.errors):
        return None
    message = f"build the image for linux/{_oci(asked)} as well; the index has all that is compiled in it"
    return Remedy(kind="rebuild", message=message)


def _runs(comparisons: tuple[Comparison, ...], built: Built, target: Target, other: Architecture) -> bool:
    sides = [each.x86 if other == "x86_64" else each.arm for each in comparisons]
    if built.on(other) is None or any(side.rank for side in sides):
        return False
    return not any(is_obstacle(each) for each in _set_problems("", built, target, other))


def _unread(built: Built, asked: Architecture) -> tuple[str, ...]:
    """Return the distributions with a native file whose needs were not read."""
    tree = built.on(asked)
    return tuple(
        part.name
        for part in (tree.parts if tree is not None else ())
        if any(native.format == "elf" and native.needs is None for native in part.natives)
    )


def _notes(built: Built) -> Iterator[str]:
    for tree in built.trees:
        counts: dict[str, int] = {}
        for native in tree.natives:
            what = native.machine if native.format == "elf" else f"{native.machine} ({native.format})"
            counts[what] = counts.get(what, 0) + 1
        label = f"of the image for {tree.architecture}, " if tree.architecture else ""
        told = ", ".join(f"{count} for {what}" for what, count in sorted(counts.items()))
        yield f"{label}read {tree.contents.files:,} files; native ones among them: {told or 'none'}"
        unread = sum(native.needs is None and native.format == "elf" for native in tree.natives)
        if unread:
            yield f"{label}what {unread} of the native files need of the system was not read"


def _other(architecture: Architecture) -> Architecture:
    return "x86_64" if architecture == "aarch64" else "aarch64"


def _called(architecture: Architecture) -> str:
    return "arm64" if architecture == "aarch64" else architecture


def _oci(architecture: Architecture) -> str:
    return "arm64" if architecture == "aarch64" else "amd64"
