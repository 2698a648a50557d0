"""The report as JUnit XML: a suite for each audit, in it a test case for each package on aarch64.

Of a repository one more suite tells how things are deployed, a case each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from archcheck.model import Severity, Status
from archcheck.report.formats import forge_terms
from archcheck.report.layout import clean
from archcheck.report.phrases import input_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from archcheck.model import Audit, Deployable, Finding, Package, Place, Report

_FAILING = {Severity.BLOCKER: "failure", Severity.BUILD: "failure", Severity.UNKNOWN: "error"}


def to_junit(report: Report) -> str:
    """Return *report* as XML: obstacles are failures, what could not be determined is an error.

    Where there is a baseline, only what is new since fails, as with the exit code: the rest is skipped.

    No control character reaches it: `clean` spells out whatever XML 1.0 cannot carry.
    """
    root = ET.Element("testsuites", name=clean(report.tool.name))
    since = report.baseline
    old = frozenset(since.unchanged).difference(since.new) if since else frozenset[str]()
    for audit in report.audits:
        name = clean(f"{input_name(audit.input)} on {audit.target.id}")
        root.append(_suite(name, list(_cases(audit, old)), report.generated_at))
    if report.deployables:
        told = list(forge_terms.found(report))
        cases = [_deployed(each, told, old) for each in report.deployables]
        root.append(_suite("how it is deployed", cases, report.generated_at))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(name: str, cases: list[ET.Element], generated_at: str) -> ET.Element:
    counts = {
        kind: sum(case.find(kind) is not None for case in cases) for kind in ("failure", "error", "skipped")
    }
    suite = ET.Element(
        "testsuite",
        name=name,
        tests=str(len(cases)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
        time="0",
        timestamp=clean(generated_at),
    )
    suite.extend(cases)
    return suite


def _cases(audit: Audit, old: Collection[str]) -> Iterator[ET.Element]:
    findings: dict[str, list[Finding]] = {}
    for finding in audit.findings:
        findings.setdefault(finding.package, []).append(finding)
    for package in audit.packages:
        yield _package(package, findings.pop(package.name, []), audit, old)
    # A conflict, or a lock that leaves out aarch64, is about no package of the set.
    for about, mine in findings.items():
        yield _case(about, mine, audit, old)
    yield _whole(audit)


def _package(package: Package, findings: list[Finding], audit: Audit, old: Collection[str]) -> ET.Element:
    result = package.on("aarch64")
    version = f" {result.version}" if result.version else ""
    case = _case(f"{package.name}{version}", findings, audit, old)
    ignored = "; ".join(
        f"{one.rule}: {one.reason}" if one.reason else one.rule
        for one in audit.ignored
        if one.package == package.name
    )
    if len(case) == 0 and ignored:
        ET.SubElement(case, "skipped", message=clean(f"ignored: {ignored}"))
    elif len(case) == 0 and result.status is Status.NOT_REQUIRED:
        ET.SubElement(case, "skipped", message="not required on aarch64")
    return case


def _deployed(one: Deployable, told: list[forge_terms.Told], old: Collection[str]) -> ET.Element:
    """Return the case of how *one* is deployed; it is skipped where nothing of it could be audited."""
    where = forge_terms.repository_path(one.source.path)
    case = ET.Element("testcase", classname=clean(f"{where}.{one.kind}"), name=clean(one.name), time="0")
    places = {id(each.finding): each.where for each in told}
    _add(case, list(one.findings), lambda finding: places[id(finding)], old)
    if len(case) == 0 and one.recommendation is None:
        ET.SubElement(case, "skipped", message=clean("; ".join(("not audited", *one.notes))))
    return case


def _case(about: str, findings: list[Finding], audit: Audit, old: Collection[str]) -> ET.Element:
    where = forge_terms.repository_path(audit.input.path)
    case = ET.Element("testcase", classname=clean(f"{where}.{audit.target.id}"), name=clean(about), time="0")
    _add(case, findings, lambda finding: forge_terms.location(finding, audit), old)
    return case


def _add(
    case: ET.Element, findings: list[Finding], place_of: Callable[[Finding], Place], old: Collection[str]
) -> None:
    """Add to *case* what *findings* come to; those that are *old*, by their fingerprints, fail nothing."""
    would_fail = [finding for finding in findings if finding.severity in _FAILING]
    failing = [finding for finding in would_fail if finding.fingerprint not in old]
    if failing:
        # Readers show one outcome a case: that of the worst finding, with the words of all.
        worst = min(failing, key=lambda finding: finding.severity.rank)
        place = place_of(worst)
        case.set("file", clean(place.path))
        case.set("line", str(place.line))
        outcome = ET.SubElement(
            case, _FAILING[worst.severity], type=clean(worst.rule), message=clean(worst.message)
        )
        outcome.text = _text(failing)
    elif would_fail:
        known = "; ".join(forge_terms.title(finding) for finding in would_fail)
        ET.SubElement(case, "skipped", message=f"as in the baseline: {known}")
    if others := [finding for finding in findings if finding not in failing]:
        ET.SubElement(case, "system-out").text = _text(others)


def _text(findings: list[Finding]) -> str:
    return "\n".join(
        line for one in findings for line in (forge_terms.title(one), *forge_terms.sentences(one))
    )


def _whole(audit: Audit) -> ET.Element:
    """Return the case that fails where the audit has gaps, so that an empty suite is no success."""
    case = _case("the audit is complete", [], audit, ())
    troubles = [f"{one.package}: {one.message}" if one.package else one.message for one in audit.errors]
    if not audit.complete:
        error = ET.SubElement(case, "error", type="incomplete", message="the audit is not complete")
        error.text = "\n".join(map(clean, troubles))
    elif troubles:
        ET.SubElement(case, "system-out").text = "\n".join(map(clean, troubles))
    return case
