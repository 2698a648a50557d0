"""The report for a terminal: the verdict first, then what stands in the way, then the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.model import Ignored
from archcheck.report import fleet, phrases
from archcheck.report.formats.fleet_text import deployment_lines, fleet_lines
from archcheck.report.formats.terminal.answers import answer_lines
from archcheck.report.formats.terminal.findings import SEVERITY_STYLES, brief_lines, finding_lines
from archcheck.report.layout import RULE, clean, columns, command, paint, paragraph, table
from archcheck.report.sections import answer, diff, readiness, sizes
from archcheck.report.sections.way_out import way_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.model import Audit, Finding, Package, Report, Result, Trouble
    from archcheck.report.layout import View

_SETTLED = {"ready", "nothing-to-audit"}
# Below this width the matrix takes two lines a package.
_MATRIX = 72
_BAR = 24  # columns of the longest bar


def to_text(report: Report, view: View) -> str:
    """Return *report* for a terminal that shows *view*; no line is wider than `view.width`."""
    lines: list[str] = []
    of_fleet = fleet.is_shown(report)
    settled = _SETTLED | {"no-worse"} if view.quiet else _SETTLED
    if of_fleet:
        lines += fleet_lines(report, view)
        view = view if view.verbose else view._replace(quiet=True)
    else:
        lines += _share(report, view)
        lines += _overview(report, view) if len(report.audits) != 1 else []
    for audit in report.audits:
        if view.quiet and of_fleet and audit.recommendation.code in settled:
            continue  # the table has said it
        if lines:
            lines += ["", *([] if view.quiet else [paint(_rule(view), "dim", view), ""])]
        lines += _audit(audit, view, alone=len(report.audits) == 1)
    if report.fleet is not None and not of_fleet and (said := deployment_lines(report, view)):
        lines += ["", *said]
    if report.baseline is not None:
        lines += ["", *_since_baseline(report, view)]
    return "\n".join(lines) + "\n"


def _share(report: Report, view: View) -> list[str]:
    """Return which share of a run this is; nothing where it is the whole."""
    said = fleet.share(report).rstrip(": ")
    return paragraph(f"{said}; `archcheck merge` puts all shares together", view) if said else []


def _since_baseline(report: Report, view: View) -> list[str]:
    baseline = report.baseline
    if baseline is None:
        return []
    told = diff.counts(diff.new_in(report), len(baseline.fixed), len(baseline.unchanged))
    lines = paragraph(f"Since the baseline of {baseline.generated_at}: {told}", view, style="bold")
    for doubt in diff.doubts(before=baseline.complete, after=report.complete):
        lines += paragraph(doubt, view, indent=2, label="-", hang=2)
    lines += brief_lines(diff.new_in(report), "new", view)
    return [*lines, *brief_lines(baseline.fixed, "fixed", view)]


def _rule(view: View) -> str:
    return ("-" if view.ascii_only else "─") * view.width


def _overview(report: Report, view: View) -> list[str]:
    lines = answer_lines(answer.overall(report), view)
    if not report.audits or view.quiet:
        return lines
    rows = [
        (phrases.input_name(audit.input), audit.target.id, str(answer.verdict(audit)))
        for audit in report.audits
    ]
    return [*lines, "", *table(("input", "target", "verdict"), rows, view)]


def _audit(audit: Audit, view: View, *, alone: bool) -> list[str]:
    if view.quiet:
        return [*_head(audit, view, alone=alone), *_way_out_brief(audit, view), *_brief(audit, view)]
    parts = [
        _head(audit, view, alone=alone),
        _way_out(audit, view),
        _findings("Obstacles", phrases.obstacles(audit), audit, view),
        _findings("Warnings", phrases.warnings(audit), audit, view),
        _findings("Not determined", phrases.unknowns(audit), audit, view),
        _troubles(audit.errors, view),
        _findings(phrases.NOT_ARM64, phrases.target_problems(audit), audit, view),
        _ignored(audit, view),
        _matrix(audit.packages, view) if view.verbose else [],
        _largest(audit, view) if view.verbose else [],
        _counts(audit, view),
        _notes(audit, view),
        _next(audit, view),
    ]
    return _spaced(parts)


def _spaced(parts: Iterable[Sequence[str]]) -> list[str]:
    lines: list[str] = []
    for part in filter(None, parts):
        lines += ["", *part] if lines else part
    return lines


def _head(audit: Audit, view: View, *, alone: bool) -> list[str]:
    first = answer_lines(answer.verdict(audit), view)
    if view.quiet:
        return first if alone else [*paragraph(answer.place(audit), view, style="bold"), *first]
    return [
        *first,
        *paragraph(answer.place(audit), view, indent=2),
        *paragraph(answer.advice(audit.recommendation), view, indent=2),
        *paragraph(answer.worth(audit), view, indent=2),
        *paragraph(sizes.shipping(audit), view, indent=2),
        *_bullets(answer.assumptions(audit, verbose=view.verbose), view),
        *_bullets(answer.grounds(audit, verbose=view.verbose), view),
    ]


def _way_out_brief(audit: Audit, view: View) -> list[str]:
    way = way_out(audit)
    return paragraph(way.title, view, indent=2, label="→", hang=_arrow(view)) if way else []


def _arrow(view: View) -> int:
    return len(clean("→", ascii_only=view.ascii_only)) + 1


def _way_out(audit: Audit, view: View) -> list[str]:
    """Return what to change, a line each, and how to get that as a diff."""
    way = way_out(audit)
    if way is None:
        return []
    lines = paragraph(way.title, view, style="bold", label="→", hang=_arrow(view), label_style="bold")
    longest = max((columns(clean(line.where)) for line in way.lines), default=0)
    hang = min(longest + 2, view.width // 2) if longest else 0
    for line in way.lines:
        lines += paragraph(str(line), view, indent=2, label=line.where, hang=hang)
    for sentence in way.besides:
        lines += paragraph(sentence, view, indent=2, label="-", hang=2)
    if way.commands:
        lines += paragraph("by its own tool:", view, indent=2, label="-", hang=2)
        lines += (line for each in way.commands for line in command(each, view, indent=4))
    if way.fix:
        lines += paragraph("as a diff, to be applied:", view, indent=2, label="-", hang=2)
        lines += command(way.fix, view, indent=4)
    for other in way.others:
        lines += paragraph(other, view, indent=2, label="or:", hang=4)
    return lines


def _notes(audit: Audit, view: View) -> list[str]:
    if not audit.notes:
        return []
    return [*paragraph("Notes", view, style="bold"), *_bullets(audit.notes, view, indent=2)]


def _bullets(sentences: Iterable[str], view: View, *, indent: int = 4) -> Iterator[str]:
    for sentence in sentences:
        yield from paragraph(sentence, view, indent=indent, label="-", hang=2)


def _findings(title: str, findings: Sequence[Finding], audit: Audit, view: View) -> list[str]:
    if not findings:
        return []
    accepted = sum(isinstance(finding, Ignored) for finding in findings)
    which = "accepted" if accepted == len(findings) else f"{accepted} of them accepted"
    title = f"{title} ({len(findings)}{f', {which}' if accepted else ''})"
    return [*paragraph(title, view, style="bold"), *finding_lines(findings, audit, view)]


def _brief(audit: Audit, view: View) -> Iterator[str]:
    for finding in phrases.deciding(audit):
        where = f" ({phrases.at(finding.location)})" if finding.location else ""
        text = f"{phrases.subject(finding, audit.packages)}{where}: {finding.message}"
        text = "; ".join(filter(None, (text, phrases.accepted(finding))))
        style = SEVERITY_STYLES[finding.severity]
        yield from paragraph(text, view, indent=2, label=finding.rule, hang=RULE, label_style=style)


def _ignored(audit: Audit, view: View) -> list[str]:
    if not audit.ignored:
        return []
    lines = paragraph(f"Ignored ({len(audit.ignored)})", view, style="bold")
    for finding in audit.ignored:
        text = f"{phrases.subject(finding, audit.packages)}: {finding.message}"
        lines += paragraph(text, view, indent=2, label=finding.rule, hang=RULE)
        lines += paragraph(phrases.terms(finding), view, indent=2 + RULE, label="because", hang=8)
    return lines


def _troubles(troubles: Sequence[Trouble], view: View) -> list[str]:
    if not troubles:
        return []
    lines = paragraph(f"Left open ({len(troubles)})", view, style="bold")
    for trouble in troubles:
        about = f"{trouble.package}: " if trouble.package and trouble.package not in trouble.message else ""
        lines += paragraph(f"{about}{trouble.message}", view, indent=2, label=trouble.kind, hang=11)
    return lines


def _matrix(packages: Sequence[Package], view: View) -> list[str]:
    if not packages:
        return []
    headers = ("package", "x86_64", "aarch64", "file or reason on aarch64")
    rows = [row for package in packages for row in _rows(package)]
    if view.width < _MATRIX:
        return [*paragraph("All packages", view, style="bold"), *_stacked(packages, view)]
    return [*paragraph("All packages", view, style="bold"), "", *table(headers, rows, view)]


def _rows(package: Package) -> Iterator[tuple[str, str, str, str]]:
    for number, (x86_64, aarch64) in enumerate(phrases.pairs(package)):
        yield "" if number else package.name, _stand(x86_64), _stand(aarch64), phrases.because(aarch64)


def _stand(result: Result | None) -> str:
    return f"{result.version or ''} {result.status}".lstrip() if result else ""


def _stacked(packages: Sequence[Package], view: View) -> Iterator[str]:
    for package in packages:
        yield ""
        yield from paragraph(package.name, view, indent=2, style="bold")
        for result in package.results:
            yield from paragraph(_stand(result), view, indent=4, label=result.architecture, hang=9)
            yield from paragraph(phrases.because(result), view, indent=13, style="dim")


def _largest(audit: Audit, view: View) -> list[str]:
    """Return the largest packages as bars."""
    sign = "#" if view.ascii_only else "█"
    rows = [
        (bar.name, bar.x86_64, bar.aarch64, sign * max(1, round(bar.share * _BAR)))
        for bar in sizes.largest(audit)
    ]
    if not rows:
        return []
    headers = ("package", "x86_64", "aarch64", "")
    return [*paragraph("Largest when unzipped", view, style="bold"), "", *table(headers, rows, view)]


def _counts(audit: Audit, view: View) -> list[str]:
    if not audit.packages:
        return []
    return [*paragraph(readiness.counts(audit), view), *paragraph(phrases.makeup(audit), view, indent=2)]


def _next(audit: Audit, view: View) -> list[str]:
    steps = _steps(audit, view)
    lines = [line for step in steps for line in paragraph(step, view, indent=2, label="-", hang=2)]
    build = phrases.build_command(audit)
    if build:
        lines += paragraph("build in the target's own image:", view, indent=2, label="-", hang=2)
        lines += command(build, view, indent=4)
    return [paint("Next", "bold", view), *lines] if lines else []


def _steps(audit: Audit, view: View) -> Iterator[str]:
    rules = dict.fromkeys(finding.rule for finding in phrases.deciding(audit))
    if rules:
        yield f"what it means and what people do: {', '.join(f'archcheck explain {rule}' for rule in rules)}"
    if rules and not view.verbose:
        yield "every package on both architectures: the same command with -v"
