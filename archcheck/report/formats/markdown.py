"""The report as GitHub- and GitLab-flavoured Markdown, for an issue, a wiki or a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.judge.obstacles import is_unusable
from archcheck.report import fleet, phrases
from archcheck.report.formats.fleet_markdown import deployed_lines, fleet_lines
from archcheck.report.formats.markdown_terms import code, details, prose, table
from archcheck.report.layout import clean
from archcheck.report.sections import answer, deployment, diff, readiness, remediation
from archcheck.report.sections.way_out import way_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.model import Audit, Finding, Package, Report, Result, Trouble
    from archcheck.report.sections.plan_steps import Step

_SETTLED = {"ready", "nothing-to-audit"}


def to_markdown(report: Report) -> str:
    """Return *report* as Markdown."""
    lines: list[str] = []
    if fleet.is_shown(report):
        lines += [*fleet_lines(report), *_audits_of_fleet(report)]
    else:
        lines += _audits(report)
        lines += deployed_lines(report) if report.deployables else []
    lines += _since_baseline(report)
    tool = report.tool
    return "\n".join([*lines, f"<sub>{code(f'{tool.name} {tool.version}, {report.generated_at}')}</sub>", ""])


def _audits_of_fleet(report: Report) -> Iterator[str]:
    """Yield the audits, those that need no reading folded away together."""
    settled = [each for each in report.audits if each.recommendation.code in _SETTLED]
    for audit in report.audits:
        if audit.recommendation.code not in _SETTLED:
            yield from _audit(audit, level="###")
    if settled:
        body = (line for audit in settled for line in _audit(audit, level="###"))
        yield from details(f"{phrases.plural(len(settled), 'input')} with nothing in the way", body)


def _audits(report: Report) -> Iterator[str]:
    if len(report.audits) != 1:
        rows = [
            (code(phrases.input_name(audit.input)), code(audit.target.id), prose(str(answer.verdict(audit))))
            for audit in report.audits
        ]
        yield from (f"## {prose(str(answer.overall(report)))}", "")
        yield from table(("input", "target", "verdict"), rows)
    for audit in report.audits:
        yield from _audit(audit, level="##" if len(report.audits) == 1 else "###")


def _since_baseline(report: Report) -> Iterator[str]:
    baseline = report.baseline
    if baseline is None:
        return
    told = diff.counts(diff.new_in(report), len(baseline.fixed), len(baseline.unchanged))
    yield from (f"Since the baseline of {code(baseline.generated_at)}: {prose(told)}", "")
    items = [
        *(f"- {prose(doubt)}" for doubt in diff.doubts(before=baseline.complete, after=report.complete)),
        *brief_items(diff.new_in(report), "new: "),
        *brief_items(baseline.fixed, "fixed: "),
    ]
    yield from [*items, ""] if items else []


def brief_items(findings: Iterable[Finding], label: str = "") -> Iterator[str]:
    """Yield an item of a list for each finding."""
    for finding in findings:
        yield f"- {label}{prose(f'{finding.rule} {diff.brief(finding)}')}"


def _audit(audit: Audit, *, level: str) -> Iterator[str]:
    yield from (f"{level} {prose(str(answer.verdict(audit)))}", "")
    yield from _under(audit)
    yield from _obstacles(audit)
    shared = phrases.target_problems(audit)
    yield from _folded("Not determined", phrases.unknowns(audit), audit, unfolded=True)
    yield from _troubles(audit.errors)
    yield from _folded("Warnings", phrases.warnings(audit), audit)
    yield from _folded(phrases.NOT_ARM64, shared, audit, unfolded=any(map(is_unusable, shared)))
    yield from _ignored(audit)
    yield from _plan(audit)
    yield from _matrix(audit)


def _under(audit: Audit) -> Iterator[str]:
    where = prose(f"{audit.target.title}{answer.said(audit.target)}")
    yield f"{code(phrases.input_name(audit.input))} on {where}"
    for sentence in (answer.advice(audit.recommendation), answer.worth(audit), answer.even(audit)):
        if sentence:
            yield f"<br>{prose(sentence)}"
    yield ""
    yield from _way_out(audit)
    more = (*answer.assumptions(audit, verbose=False), *answer.grounds(audit, verbose=False), *audit.notes)
    if more:
        yield from (*(f"- {prose(sentence)}" for sentence in more), "")


def _way_out(audit: Audit) -> Iterator[str]:
    """Yield what to change, an item each, and how to get that as a diff."""
    way = way_out(audit)
    if way is None:
        return
    yield from (f"**{prose(way.title)}**", "")
    items = [f"{code(line.where)} {prose(str(line))}".lstrip() for line in way.lines]
    more = [*map(prose, way.besides), *(prose(f"or: {other}") for other in way.others)]
    if items or more:
        yield from (*(f"- {item}" for item in (*items, *more)), "")
    for title, commands in (("By its own tool", way.commands), ("As a diff, to be applied", (way.fix,))):
        if any(commands):
            # Indented, not fenced: nothing in a command can end it.
            yield from (f"{title}:", "", *(f"    {clean(line)}" for line in commands), "")


def _obstacles(audit: Audit) -> Iterator[str]:
    obstacles = phrases.obstacles(audit)
    if obstacles:
        yield from findings_table(obstacles, audit.packages)
        if bases := _bases(obstacles, audit):
            yield from details("What this rests on", bases)


def findings_table(findings: Iterable[Finding], packages: Sequence[Package]) -> list[str]:
    """Return *findings* as a table; *packages* tell the versions that x86_64 gets."""
    rows = [
        (
            prose(group[0].rule),
            ", ".join(code(phrases.subject(finding, packages)) for finding in group),
            f"{prose(phrases.outcome(group[0]))}: {prose(_said(group[0]))}",
            code(phrases.way_in(group[0]) if len(group) == 1 else phrases.ways_in(group)),
            prose(phrases.remedy(group[0].remedy)) if group[0].remedy else "",
        )
        for group in phrases.groups(findings)
    ]
    return table(("rule", "package", "problem", "from", "remedy"), rows)


def _said(finding: Finding) -> str:
    return "; ".join(filter(None, (finding.message, phrases.accepted(finding))))


def _bases(findings: Sequence[Finding], audit: Audit) -> list[str]:
    lines = []
    for finding, *others in phrases.groups(findings):
        if others:
            continue
        needs = phrases.needs(finding)
        details = [*([f"needs {needs}"] if needs else []), *phrases.details(finding)]
        facts = ", ".join([*map(prose, details), *map(code, phrases.files(finding.evidence))])
        if facts:
            lines.append(f"- {code(phrases.subject(finding, audit.packages))}: {facts}")
    return [*lines, ""] if lines else []


def _folded(
    title: str, findings: Sequence[Finding], audit: Audit, *, unfolded: bool = False
) -> Iterator[str]:
    if findings:
        body = [*findings_table(findings, audit.packages), *_bases(findings, audit)]
        yield from details(f"{title} ({len(findings)})", body, unfolded=unfolded)


def _troubles(troubles: Sequence[Trouble]) -> Iterator[str]:
    if troubles:
        rows = [(prose(one.kind), code(one.package or ""), prose(one.message)) for one in troubles]
        body = table(("kind", "package", "what"), rows)
        yield from details(f"Left open ({len(troubles)})", body, unfolded=True)


def _ignored(audit: Audit) -> Iterator[str]:
    if audit.ignored:
        rows = [
            (
                prose(finding.rule),
                code(phrases.subject(finding, audit.packages)),
                prose(finding.message),
                prose(phrases.terms(finding)),
            )
            for finding in audit.ignored
        ]
        body = table(("rule", "package", "problem", "why it is ignored"), rows)
        yield from details(f"Ignored ({len(rows)})", body)


def _plan(audit: Audit) -> Iterator[str]:
    """Fold away what to change and how to ship it, where arm64 can be had."""
    todo = remediation.steps(audit)
    if todo:
        yield from details("The changes to make", _steps(todo))
    if audit.recommendation.architecture == "arm64" and audit.packages:
        premise = deployment.premise(audit)
        lines = _steps(deployment.steps(audit))
        yield from details("How to ship it", (*([premise, ""] if premise else []), *lines))


def _steps(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        yield from (f"**{prose(step.title)}.** {prose(step.text)}".rstrip(), "")
        # Indented, not fenced: nothing in a command can end it.
        command = [f"    {clean(line)}" for line in step.command.splitlines()]
        yield from [*command, ""] if command else []


def _matrix(audit: Audit) -> Iterator[str]:
    if audit.packages:
        rows = [row for package in audit.packages for row in _rows(package)]
        body = table(("package", "x86_64", "aarch64", "file or reason on aarch64"), rows)
        makeup = phrases.makeup(audit)
        yield from details(readiness.counts(audit), [*body, *([makeup, ""] if makeup else [])])


def _rows(package: Package) -> Iterator[tuple[str, str, str, str]]:
    for x86_64, aarch64 in phrases.pairs(package):
        yield code(package.name), _stand(x86_64), _stand(aarch64), _because(aarch64)


def _stand(result: Result | None) -> str:
    return f"{code(result.version or '')} {result.status}".lstrip() if result else ""


def _because(result: Result | None) -> str:
    if result is None:
        return ""
    return code(result.file) if result.file else prose(result.reason or "")
