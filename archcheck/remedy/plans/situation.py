"""What a search for plans begins with: an input, what it comes to today, and whom to ask."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from msgspec import Struct
from packaging.specifiers import SpecifierSet

from archcheck.judge.obstacles import DRIFT, goals, is_obstacle, wishes
from archcheck.manifest.manifest import IndexSource, Manifest
from archcheck.remedy.plans.neighbours import has_wheel_on
from archcheck.remedy.search.choices import Present
from archcheck.resolve.model import Resolution

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from archcheck.index.model import Index
    from archcheck.judge.comparison import Comparison
    from archcheck.judge.problem import Problem
    from archcheck.manifest.lock import Lock
    from archcheck.model import Audit
    from archcheck.platforms.targets import Machine, Target
    from archcheck.resolve.model import Options, Outcome, Pick

    Situate = Callable[[Manifest | Lock, Target], "Situation"]
    """Audits an input as the user's own was audited, without looking for remedies."""


class Situation(Struct, frozen=True, kw_only=True):
    """One input on one target, audited. `found` is what the rules say of single packages.

    With `wishes`, what is in the way on both architectures is to go as well: it does not keep anybody from
    arm64, and yet a set of wheels alone is what most who deploy want. Where `only` names packages, all others
    may stay as they are. `named` is whether whoever asks named the target, and so wants an answer on it.
    """

    manifest: Manifest | Lock
    target: Target
    index: Index
    options: Options
    x86: Outcome
    arm: Outcome
    comparisons: Sequence[Comparison]
    found: Sequence[tuple[Comparison, Problem]]
    audit: Audit
    situate: Situate
    wishes: bool = False
    only: frozenset[NormalizedName] | None = None
    named: bool = False

    @property
    def spared(self) -> frozenset[str]:
        """The packages that are in the way and may stay there, since `only` others are asked about."""
        stuck = goals(self.audit) | wishes(self.audit)
        return stuck - self.only if self.only is not None else frozenset()

    @property
    def is_resolved(self) -> bool:
        """Whether there is an answer on both architectures, in which no two requirements contradict."""
        return isinstance(self.arm, Resolution) and isinstance(self.x86, Resolution)

    @property
    def machine(self) -> Machine:
        """The target's aarch64 machine, on which the search is made."""
        return self.target.on("aarch64")

    def above(self) -> Mapping[NormalizedName, set[NormalizedName | None]]:
        """Return who asks for each package on either architecture; None is the input."""
        return {
            comparison.name: {
                edge.parent
                for side in (comparison.x86, comparison.arm)
                if side.chosen is not None
                for edge in side.chosen.wanted_by
            }
            for comparison in self.comparisons
        }


def present_in(situation: Situation) -> dict[NormalizedName, Present]:
    """Return what is installed of each package today.

    That is what aarch64 gets, where only obstacles are the matter; what is in the way there comes at the
    version that x86_64 installs. Where the versions drift apart, or aarch64 cannot be resolved, it is what
    x86_64 gets; then what has no wheel for aarch64 is in the way, and not all that follows it.
    """
    problems = {(comparison.name, problem.rule): problem for comparison, problem in situation.found}
    stuck = {name for (name, _), problem in problems.items() if is_obstacle(problem)}
    if situation.only is not None:
        stuck &= situation.only
    drifts = not stuck and any(rule == DRIFT for _, rule in problems)
    as_x86 = drifts or not isinstance(situation.arm, Resolution)
    shared = wishes(situation.audit) if situation.wishes else frozenset()
    if situation.only is not None:
        shared &= situation.only
    stated = _stated(situation.manifest, situation.machine)
    found: dict[NormalizedName, Present] = {}
    for comparison in situation.comparisons:
        name, x86, arm = comparison.name, comparison.x86.chosen, comparison.arm.chosen
        x86_first = as_x86 or (name in stuck and comparison.x86.status.installs)
        chosen = (x86 or arm) if x86_first else (arm or x86)
        if chosen is None:
            continue
        in_the_way = _is_for_x86_alone(chosen.pick, situation.target) if drifts else name in stuck
        found[name] = Present(
            name=name,
            version=chosen.pick.version,
            pick=chosen.pick,
            bad=in_the_way or name in shared,
            shared=name in shared and not in_the_way,
            shut_out=(name, "AC015") in problems,
            builds=name in stuck and comparison.arm.status.builds and not comparison.arm.in_vain,
            elsewhere=not isinstance(chosen.pick.source or IndexSource(), IndexSource),
            stated=stated.get(name),
            on_x86=x86 is not None,
        )
    return found


def _is_for_x86_alone(pick: Pick, target: Target) -> bool:
    return has_wheel_on(pick, target.on("x86_64")) and not has_wheel_on(pick, target.on("aarch64"))


def _stated(manifest: Manifest | Lock, machine: Machine) -> dict[NormalizedName, SpecifierSet]:
    """Return what the input's own lines admit of the packages that it names."""
    said: dict[NormalizedName, list[SpecifierSet]] = {}
    for line in manifest.requirements:
        if line.name is not None and machine.holds(line.marker):
            said.setdefault(line.name, []).append(line.specifier)
    if isinstance(manifest, Manifest):
        for line in manifest.constraints:
            if line.name in said and machine.holds(line.marker):
                said[line.name].append(line.specifier)
    else:
        members = [package for package in manifest.packages if package.virtual]
        for edge in (edge for package in members for edge in package.dependencies):
            if machine.holds(edge.marker):
                said.setdefault(edge.name, []).append(edge.specifier)
        for package in members:
            said.pop(package.name, None)
    return {name: reduce(and_, ranges, SpecifierSet()) for name, ranges in said.items()}
