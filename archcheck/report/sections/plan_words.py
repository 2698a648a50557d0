"""A plan in words: what it comes to, what each of its changes is, and how another one differs from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from archcheck.judge.obstacles import DRIFT
from archcheck.report import phrases
from archcheck.report.sections.readiness import changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.model import Audit, Change, Moved, Plan

_NAMED = 5
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)
_READY = {"ready", "no-worse", "ready-in-part"}


def comes_in(change: Change) -> str:
    """Return the normalised name of what takes the place of a package; "" for other changes."""
    name = _NAME.match(change.to) if change.kind == "replace" else None
    return canonicalize_name(name[0]) if name else ""


def heading(audit: Audit, plan: Plan) -> str:
    """Return what *plan* comes to, in one sentence without a capital."""
    said = [f"{phrases.plural(len(plan.changes), 'change')} {_effect(audit, plan)}", *_left(audit, plan)]
    if plan.introduces:
        who = "it" if len(plan.changes) == 1 else "they"
        said.append(f"{who} {_verb('bring', plan)} new trouble with {some(plan.introduces)}")
    return f"{'; '.join(said)} ({checked(plan)})"


def _left(audit: Audit, plan: Plan) -> Iterator[str]:
    """Yield what the plan does not help."""
    if plan.leaves:
        how = "in the way" if phrases.obstacles(audit) else "as it is"
        yield f"{some(plan.leaves)} {'stays' if len(plan.leaves) == 1 else 'stay'} {how}"


def _verb(verb: str, plan: Plan) -> str:
    """Return what the changes of *plan* do, in the right number."""
    return f"{verb}s" if len(plan.changes) == 1 else verb


def checked(plan: Plan) -> str:
    """Return whether the plan was carried out and resolved, and if not, why not."""
    if plan.verified:
        return "verified"
    builds = [change.package for change in plan.changes if change.kind == "build"]
    if builds:
        return f"not verified: {some(builds)} must be built"
    return "not verified"


def change(one: Change) -> str:
    """Return what is to change, without where."""
    match one.kind:
        case "build":
            takes = (one.via or "").removeprefix("building ")
            said = f"build {one.package} {one.from_ or one.to}{f': {takes}' if takes else ''}"
        case "target":
            said = f"deploy on {one.to}"
        case "replace":
            said = f"{one.to} instead of {one.from_ or one.package}"
        case "relock":
            said = f"{one.package} {one.to}: lock again, with its aarch64 wheel let in"
        case _ if one.via is not None and one.from_ == one.to:
            said = f"{one.package}{one.specifier}: {one.via}"
        case _:
            said = f"{one.package} {one.from_} → {one.to}" if one.from_ else f"{one.package} {one.to}"
            said += _written(one)
    return said


def _written(one: Change) -> str:
    """Return how a version is asked for, where that is not told by the version alone."""
    if one.kind == "constraint":
        return f", by a constraint: {one.package}{one.specifier}"
    if one.kind == "lock":
        return ", in the lock"
    return f": write {one.package}{one.specifier}" if one.specifier not in {"", f"=={one.to}"} else ""


def moved(one: Moved) -> str:
    """Return what becomes of a package."""
    if one.to is None:
        return f"{one.package} goes"
    return f"{one.package} {one.from_} → {one.to}" if one.from_ else f"{one.package} {one.to} comes in"


def other(audit: Audit, best: Plan, plan: Plan) -> str:
    """Return *plan* as it differs from the *best*: what to change, and what it comes to."""
    said = [_difference(best, plan), *_left(audit, plan)]
    if plan.introduces:
        said.append(f"new trouble with {some(plan.introduces)}")
    if builds := built_on_both(audit, plan):
        said.append(builds)
    if not plan.verified or not best.verified:
        said.append(checked(plan))
    return "; ".join(said)


def _difference(best: Plan, plan: Plan) -> str:
    best_changes, changes = best.changes, plan.changes
    mine = [each for each in changes if each not in best_changes]
    left_out = [each for each in best_changes if each not in changes]
    if mine:
        with_them = len(mine) < len(changes)
        return f"{_listed(mine)}{', and the rest as above' if with_them else ''}"
    if len(left_out) < len(changes):
        return f"the same without {_listed(left_out)}"
    return f"only {_listed(changes)}"


def _listed(changes: Sequence[Change]) -> str:
    more = f" and {len(changes) - _NAMED} more" if len(changes) > _NAMED else ""
    return f"{', '.join(map(change, changes[:_NAMED]))}{more}"


def _effect(audit: Audit, plan: Plan) -> str:
    """Return what the changes do, as a verb with what follows it."""
    obstacles = {finding.package for finding in phrases.obstacles(audit)}
    cleared = obstacles.difference(plan.leaves)
    if plan.leaves and cleared:
        of_all = phrases.plural(len(obstacles), "package")
        return f"{_verb('clear', plan)} {len(cleared)} of {of_all} out of the way"
    if not obstacles and audit.recommendation.code in _READY:
        return f"{_of_what_is_ready(audit, plan)}, if you want that"
    if plan.leaves:
        return _of_builds(audit, plan)
    return _of_what_is_cleared(audit, plan)


def _of_what_is_cleared(audit: Audit, plan: Plan) -> str:
    code = plan.result.recommendation.code if plan.result is not None else "incomplete"
    if code in _READY and (builds := built_on_both(audit, plan)):
        return f"{_verb('leave', plan)} arm64 no worse than x86_64: {builds}"
    if code in _READY:
        return f"{_verb('make', plan)} it ready for arm64{_of_packages(audit, plan)}"
    if code == "remedies-known":
        return f"{_verb('clear', plan)} the way to arm64"
    return f"{_verb('clear', plan)} the way, as far as it could be determined"


def _of_packages(audit: Audit, plan: Plan) -> str:
    """Return how many packages get ready, where these are not as many as there are changes."""
    count = len(changed(audit))
    if count in {0, len(plan.changes)} or plan is not (audit.plans or (None,))[0]:
        return ""
    return f", where {phrases.plural(count, 'package')} {'is' if count == 1 else 'are'} not today"


def _of_what_is_ready(audit: Audit, plan: Plan) -> str:
    """Return what optional changes are for: what is there already installs on arm64."""
    if any(finding.rule == DRIFT for finding in phrases.all_findings(audit)):
        return f"{_verb('give', plan)} both architectures the same versions"
    return _of_builds(audit, plan)


def _of_builds(audit: Audit, plan: Plan) -> str:
    fewer = audit.summary.build - (plan.result.summary.build if plan.result else 0)
    if fewer > 0:
        return f"{_verb('spare', plan)} both architectures {'a build' if fewer == 1 else f'{fewer} builds'}"
    return f"{_verb('give', plan)} arm64 wheels where it does without them today"


def built_on_both(audit: Audit, plan: Plan) -> str:
    """Return which packages the plan leaves to be built on both architectures; "" for none."""
    if plan.result is None:
        return ""
    count = plan.result.summary.build - sum(change.kind == "build" for change in plan.changes)
    if count <= 0:
        return ""
    touched = {each.package for each in plan.result.moved} | {each.package for each in plan.changes}
    names = [
        package.name
        for package in audit.packages
        if package.on("aarch64").status.builds and package.name not in touched
    ]
    said = some(names) if len(names) == count else phrases.plural(count, "package")
    return f"{said} must be built on either"


def some(names: Sequence[str]) -> str:
    """Return *names*, of many the first few."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(sorted(names)[:_NAMED]) + more
