"""What to change so that the set installs on arm64, and which question decided that."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from archcheck.formats import row_of
from archcheck.judge.obstacles import TARGET_PROBLEM
from archcheck.model import Severity, Status
from archcheck.report import phrases
from archcheck.report.layout import clean
from archcheck.report.sections.plan_commands import audit_command, quoted
from archcheck.report.sections.plan_steps import Step, build_step, lines_to_change, steps_of
from archcheck.report.sections.way_out import was_not_sought

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.formats import Format
    from archcheck.model import Audit, Finding, Package

_NAMED = 5


class Answer(Struct, frozen=True, kw_only=True):
    """One question of the decision tree, answered; `decided` marks the one that the verdict rests on."""

    question: str
    answer: str
    decided: bool = False


def steps(audit: Audit) -> tuple[Step, ...]:
    """Return the changes to make, then the audit to run again; none where there is nothing to change.

    They are those of the best plan. Results without plans have remedies of findings, each by itself.
    """
    obstacles = phrases.obstacles(audit)
    if audit.plans:
        best = audit.plans[0]
        left = [finding for finding in obstacles if finding.package in best.leaves]
        target = best.result.target if best.result else audit.target.id
        return (
            *steps_of(audit, best),
            *_versions(audit, [f for f in left if f.remedy and f.remedy.kind == "version"]),
            *_others(audit, left),
            _again(audit, target),
        )
    if not obstacles or was_not_sought(audit):
        return ()
    return (
        *_versions(audit, [f for f in obstacles if f.remedy and f.remedy.kind == "version"]),
        *_others(audit, obstacles),
        *([_again(audit, audit.target.id)] if any(finding.remedy for finding in obstacles) else []),
    )


def _again(audit: Audit, target: str) -> Step:
    return Step(title="Audit the changed set", command=audit_command(audit, target))


def _versions(audit: Audit, findings: Sequence[Finding]) -> Iterator[Step]:
    packages = {package.name: package for package in audit.packages}
    row = row_of(audit.input.kind)
    direct: dict[str, Finding] = {}
    through: dict[str, Finding] = {}
    bound: dict[str, Finding] = {}
    for finding in findings:
        package = packages.get(finding.package)
        beyond = finding.remedy is not None and finding.remedy.range == "beyond"
        group = direct if package is None or package.direct else bound if beyond else through
        group.setdefault(finding.package, finding)
    if direct:
        yield _for_direct(direct, row, audit)
    if through:
        yield _for_others(through, row, audit)
    if bound:
        above = {finding.path[-2] for finding in bound.values() if len(finding.path) > 1}
        pins = ", ".join(map(_pin, bound.values()))
        yield Step(
            title=f"Take another version of {_some(above or set(bound), audit)}",
            text=f"One that admits {pins}; a constraint alone cannot.",
        )


def _for_direct(direct: dict[str, Finding], row: Format, audit: Audit) -> Step:
    some = _some(direct, audit)
    if row.edit:
        lines = dict.fromkeys(_filled(row.edit, finding) for finding in direct.values())
        return Step(title=f"Change {some}", command="\n".join(lines))
    return Step(
        title=f"Ask for {some} in {'another version' if len(direct) == 1 else 'other versions'}",
        text=lines_to_change(finding.location for finding in direct.values()),
        command="\n".join(map(_pin, direct.values())),
    )


def _for_others(through: dict[str, Finding], row: Format, audit: Audit) -> Step:
    some = _some(through, audit)
    if row.move:
        lines = dict.fromkeys(_filled(row.move, finding) for finding in through.values())
        return Step(title=f"Move {some}, which other packages bring in", command="\n".join(lines))
    return Step(
        title=f"Constrain {some}, which other packages bring in",
        text="As lines of a constraints file, which pip takes with -c.",
        command="\n".join(map(_pin, through.values())),
    )


def _others(audit: Audit, obstacles: Sequence[Finding]) -> Iterator[Step]:
    for finding in obstacles:
        if finding.remedy and finding.remedy.kind == "replace":
            title = f"Replace {_some([finding.package], audit)}"
            yield Step(title=title, text=finding.remedy.message)
    locks = [finding for finding in obstacles if finding.remedy and finding.remedy.kind == "relock"]
    if locks:
        yield Step(
            title="Lock anew",
            text="; ".join(dict.fromkeys(finding.remedy.message for finding in locks if finding.remedy)),
            command="\n".join(dict.fromkeys(_relock(finding, row_of(audit.input.kind)) for finding in locks)),
        )
    again = {f.package: f for f in obstacles if f.remedy and f.remedy.kind == "rebuild"}
    if again:
        yield Step(
            title="Build it again",
            text="With the same versions, which the index has for the other architecture: "
            f"{_some(again, audit)}.",
        )
    builds = {f.package: f for f in obstacles if f.remedy and f.remedy.kind == "build"}
    if builds:
        yield build_step(_some(builds, audit), audit)
    yield from _stuck(audit, [finding for finding in obstacles if finding.remedy is None])


def _stuck(audit: Audit, findings: Iterable[Finding]) -> Iterator[Step]:
    stuck = {finding.package for finding in findings}
    if stuck:
        yield Step(
            title=f"Decide about {_some(stuck, audit)}",
            text="No remedy is known: ask the maintainers for an aarch64 wheel; until then stay on x86_64, "
            "or do without.",
        )


def answers(audit: Audit) -> tuple[Answer, ...]:
    """Return the three questions of the decision tree, answered for this very set."""
    decided = _decider(audit)
    total = phrases.plural(len(audit.packages), "package")
    stands = Counter(package.on("aarch64").status for package in audit.packages)
    compiled = [package for package in audit.packages if _is_compiled(package)]
    fit = [package for package in compiled if package.on("aarch64").status is Status.WHEEL]
    pure = stands[Status.PURE_WHEEL] + stands[Status.PURE_SDIST] + stands[Status.FALLBACK_SDIST]
    native = (
        f"{len(fit)} of {phrases.plural(len(compiled), 'compiled package')} "
        f"{'has' if 1 in {len(fit), len(compiled)} else 'have'} an aarch64 wheel at the very version"
    )
    return (
        Answer(
            question="Does every dependency install on arm64 without a compiler?",
            answer=_first_answer(audit),
            decided=decided == 1,
        ),
        Answer(
            question="Which are pure Python, and install anywhere?",
            answer=f"{pure or 'None'} of {total}{_left_alone(pure)}",
            decided=decided == 2,  # noqa: PLR2004 the questions are numbered
        ),
        Answer(
            question="Do the compiled ones have a wheel at the exact version?",
            answer=f"{native}{_elsewhere(audit)}" if compiled else "There are none",
            decided=decided == 3,  # noqa: PLR2004
        ),
    )


def _decider(audit: Audit) -> int:
    """Return the number of the question that decided: wheels at all, pure Python, or the exact version.

    0 where none did.
    """
    code = audit.recommendation.code
    if code in {"ready", "no-worse", "ready-in-part"}:
        return 3 if any(map(_is_compiled, audit.packages)) else 2
    obstacles = phrases.obstacles(audit)
    if obstacles and all(finding.rule == phrases.TOO_LARGE for finding in obstacles):
        return 0  # it installs, and how it is shipped is none of the three questions
    moved = all(finding.remedy and finding.remedy.kind != "build" for finding in obstacles)
    return 3 if code == "remedies-known" and moved and not phrases.failing(audit) else 1


def _first_answer(audit: Audit) -> str:
    failing = phrases.failing(audit)
    stops = {f.package for f in phrases.obstacles(audit) if f.rule != phrases.TOO_LARGE} - failing
    unsure = [p.name for p in audit.packages if p.on("aarch64").status is Status.UNKNOWN]
    shared = {f.package for f in phrases.all_findings(audit) if f.rule == TARGET_PROBLEM} - stops
    parts = [
        f"{_some(stops, audit)} {'does' if len(stops) == 1 else 'do'} not" if stops else "",
        f"{_some(failing, audit)} {'installs and fails' if len(failing) == 1 else 'install and fail'}"
        if failing
        else "",
        f"{_some(unsure, audit)} could not be determined" if unsure else "",
        f"{_some(shared, audit)} {'is' if len(shared) == 1 else 'are'} no worse off than on x86_64"
        if shared
        else "",
    ]
    said = "; ".join(filter(None, parts))
    if stops or failing:
        return f"No: {said}"
    if unsure or not audit.complete or not audit.packages:
        return f"Not known: {said}" if said else "Not known: the audit is not complete"
    return f"Yes, as far as x86_64 does: {said}" if said else "Yes"


def _elsewhere(audit: Audit) -> str:
    moved = {f.package for f in phrases.obstacles(audit) if f.remedy and f.remedy.kind == "version"}
    others = moved - phrases.failing(audit)
    if not others:
        return ""
    return f"; {_some(others, audit)} {'has' if len(others) == 1 else 'have'} one in another version"


def _left_alone(count: int) -> str:
    return f"; {'it is not' if count == 1 else 'none of them is'} in the way" if count else ""


def _is_compiled(package: Package) -> bool:
    """Tell whether some architecture gets, or would have to build, compiled code that aarch64 needs."""
    statuses = {result.status for result in package.results}
    if package.on("aarch64").status is Status.NOT_REQUIRED:
        return False
    return bool(statuses & {Status.WHEEL, Status.NATIVE_SDIST, Status.SDIST})


def _some(names: Iterable[str], audit: Audit) -> str:
    """Return *names*, of many the first few, those marked of which whatever stands in the way is accepted."""
    counts = {
        f.package for f in audit.findings if f.severity is not Severity.WARNING or f.rule == TARGET_PROBLEM
    }
    accepted = {finding.package for finding in audit.ignored} - counts
    listed = [f"{name} (accepted)" if name in accepted else name for name in sorted(names)]
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return ", ".join(listed[:_NAMED]) + more


def _relock(finding: Finding, row: Format) -> str:
    """Return the command that locks again; `uv lock` alone keeps the files that it has of a version."""
    if row.relock and row.move.startswith(f"{row.relock} ") and finding.version:
        pin = clean(f"{finding.package}=={finding.version}")
        return row.move.format(name=quoted(finding.package), pin=quoted(pin), spec=quoted(pin))
    return row.relock


def _filled(command: str, finding: Finding) -> str:
    pin = _pin(finding)
    older = finding.remedy is not None and finding.remedy.direction == "older"
    spec = pin if older else pin.replace("==", ">=", 1)  # a newer one may be newer still
    return command.format(name=quoted(finding.package), pin=quoted(pin), spec=quoted(spec))


def _pin(finding: Finding) -> str:
    version = finding.remedy.version if finding.remedy else None
    return clean(f"{finding.package}=={version}" if version else finding.package)
