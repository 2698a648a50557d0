"""The way out as people read it: what the best plan comes to, a line for each change, and the other plans.

Every format says it first, right under the verdict. Where there is no way, it says so and whom to ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.formats import row_of
from archcheck.judge.obstacles import DRIFT, TARGET_PROBLEM, is_unusable
from archcheck.judge.recommend import NOT_SOUGHT
from archcheck.model import Severity, Status
from archcheck.report import phrases
from archcheck.report.sections import plan_words as words
from archcheck.report.sections.plan_commands import fix_command, own_commands

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from archcheck.model import Audit, Change, Finding, Plan, Remedy

_MOVED = 5
_MEANWHILE = "stay on x86_64, or do without it"
_NO_WHEEL = {"AC001", "AC002"}


class Line(Struct, frozen=True, kw_only=True):
    """One change: where it is made, what it is, and what there is to know of it; `where` may be empty."""

    where: str
    what: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.what} ({self.note})" if self.note else self.what


class WayOut(Struct, frozen=True, kw_only=True):
    """What to do. `title` says what the changes come to; `besides` what else there is to know of them.

    `commands` are those of the tool that writes the input, `fix` prints the changes as a diff, and `others`
    are the other plans. Without `lines` there is nothing to change, and `besides` says what to do instead.
    """

    title: str
    lines: tuple[Line, ...] = ()
    besides: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    fix: str = ""
    others: tuple[str, ...] = ()


def way_out(audit: Audit, before: Collection[str] = ()) -> WayOut | None:
    """Return the way out; None where there is nothing to say of one, as in results without plans.

    What was in the way *before*, by its findings' fingerprints, was not to be helped.
    """
    if audit.plans is None:
        said = NOT_SOUGHT in audit.recommendation.reasons
        return WayOut(title=NOT_SOUGHT) if was_not_sought(audit) and not said else None
    if not audit.plans:
        stuck = phrases.obstacles(audit)
        if not stuck:
            return None
        return WayOut(title=_without_plan(stuck), besides=tuple(_instead(audit, stuck)))
    best, *others = audit.plans
    left = [finding for finding in _goals(audit) if finding.package in best.leaves]
    helped = [finding.package for finding in _goals(audit) if finding.package not in best.leaves]
    is_part = any(finding.fingerprint in before for finding in left)
    left = [finding for finding in left if finding.fingerprint not in before]
    return WayOut(
        title=words.heading(audit, best),
        lines=tuple(line_of(change, audit) for change in in_order(best)),
        besides=(*_moves(best), *_instead(audit, left)),
        commands=own_commands(audit, best.changes),
        fix=fix_command(audit, best, only=tuple(dict.fromkeys(helped)) if is_part else ()),
        others=tuple(words.other(audit, best, each) for each in others),
    )


def _without_plan(stuck: Sequence[Finding]) -> str:
    """Return that nothing goes together, or that nothing helps at all."""
    helped = {finding.package for finding in stuck if finding.remedy is not None}
    if not helped:
        return "no change is known that clears the way"
    each = "for each" if len(helped) == len({finding.package for finding in stuck}) else "for some"
    return f"no changes were found that go together for certain; {each} there is one by itself"


def was_not_sought(audit: Audit) -> bool:
    """Tell whether `--no-remedies` was given: an older result has no plans either, but remedies."""
    findings = phrases.all_findings(audit)
    wanting = any(found.fingerprint in audit.obstacles or found.rule == DRIFT for found in findings)
    sought = any(found.remedy for found in findings) or audit.recommendation.code == "no-remedy"
    return wanting and not sought and not row_of(audit.input.kind).built


def in_order(plan: Plan) -> tuple[Change, ...]:
    """Return the changes of *plan* as they stand in the files; a target first, what no line states last."""
    return tuple(sorted(plan.changes, key=_place))


def _place(change: Change) -> tuple[bool, bool, bool, str, int]:
    where = change.location
    return (
        change.kind != "target",
        change.kind == "build",
        where is None,
        where.path if where else "",
        where.line or 0 if where else 0,
    )


def line_of(change: Change, audit: Audit) -> Line:
    """Return one *change* as a line."""
    where = phrases.at(change.location) if change.location else ""
    what = words.change(change)
    if change.kind == "relock" and (remedy := _relocked(change, audit)):
        what = f"{change.package} {change.to}: {remedy.message}"  # which names the setting that it takes
    return Line(where=where, what=what, note=_note(change, audit))


def _relocked(change: Change, audit: Audit) -> Remedy | None:
    remedies = (found.remedy for found in _about(change.package, audit))
    return next((remedy for remedy in remedies if remedy and remedy.kind == "relock"), None)


def _note(change: Change, audit: Audit) -> str:
    """Return whether the code has to change too, or what the change is for where nothing is in the way."""
    if change.kind == "replace":
        code = "your code has to change with it" if change.code else "your code stays as it is"
        return "; ".join(filter(None, (code, change.via)))
    if change.kind not in {"version", "constraint", "lock"} or change.package in _in_the_way(audit):
        return ""
    package = next((package for package in audit.packages if package.name == change.package), None)
    if package is None:
        return ""
    if package.on("aarch64").status is Status.FALLBACK_SDIST:
        return "installs as it is; this adds its compiled part"
    shared = [each for each in _about(change.package, audit) if each.rule == TARGET_PROBLEM]
    if shared:
        return "today it installs on neither" if is_unusable(shared[0]) else "today it is built on both"
    return "has to go along"


def _in_the_way(audit: Audit) -> set[str]:
    return {finding.package for finding in _goals(audit)}


def _about(name: str, audit: Audit) -> Iterator[Finding]:
    return (finding for finding in phrases.all_findings(audit) if finding.package == name)


def _goals(audit: Audit) -> tuple[Finding, ...]:
    """Return what a plan is to clear: the obstacles, or else what drifts apart, or is in the way on both."""
    drift = tuple(finding for finding in phrases.all_findings(audit) if finding.rule == DRIFT)
    return phrases.obstacles(audit) or drift or phrases.target_problems(audit)


def _moves(plan: Plan) -> Iterator[str]:
    """Yield in one sentence which packages move with the changes that are none of them."""
    if plan.result is None:
        return
    own = {change.package for change in plan.changes}
    own |= {words.comes_in(change) for change in plan.changes}
    moved = [each for each in plan.result.moved if each.package not in own]
    if moved:
        more = f" and {len(moved) - _MOVED} more" if len(moved) > _MOVED else ""
        yield f"what moves with it: {', '.join(map(words.moved, moved[:_MOVED]))}{more}"


def _instead(audit: Audit, stuck: Sequence[Finding]) -> Iterator[str]:
    """Yield for each package that stays in the way whom to ask, and what to do meanwhile."""
    packages = {package.name: package for package in audit.packages}
    for finding in {finding.package: finding for finding in stuck}.values():
        name, remedy = finding.package, finding.remedy
        package = packages.get(name)
        status = package.on("aarch64").status if package is not None else None
        if remedy is not None and remedy.kind != "build":
            yield f"{name}: {phrases.remedy(remedy)}"
        elif finding.rule == phrases.KNOWN_ISSUE:
            yield f"{name}: ask its maintainers for a release that works on aarch64; until then {_MEANWHILE}"
        elif finding.severity is Severity.BUILD:
            yield f"{name}: build it, and ask its maintainers for an aarch64 wheel"
        elif status is Status.MISSING or finding.rule in _NO_WHEEL:
            yield f"{name}: ask its maintainers for an aarch64 wheel; until then {_MEANWHILE}"
