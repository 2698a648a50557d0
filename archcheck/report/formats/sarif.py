"""The report as SARIF 2.1.0, for code scanning and for editors.

GitHub shows an alert on a pull request only where its line is part of the change: a package that comes in
through others is therefore shown at the line of the requirement that brings it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from archcheck.judge import rule_texts
from archcheck.model import Ignored
from archcheck.report import phrases
from archcheck.report.formats import forge_terms
from archcheck.report.json import encoded
from archcheck.report.layout import clean
from archcheck.report.replacements import of_best
from archcheck.report.sections.plan_words import heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archcheck.judge.rule_texts import RuleText
    from archcheck.model import Audit, Finding, Place, Replacement, Report, Trouble

# GitHub keeps this many results of a run and drops the others without choosing.
MOST_RESULTS = 5000
_ROOT = "%SRCROOT%"
_BRACKET = re.compile(r"(\\*)([\[\]])")

Json = dict[str, Any]


def to_sarif(report: Report) -> str:
    """Return *report* as a SARIF log of one run; of more results than are kept, the worst.

    Each result that the best plan clears has all edits of that plan as its fix: they belong together.
    """
    found = sorted(
        forge_terms.found(report, ignored=True),
        key=lambda told: (isinstance(told.finding, Ignored), told.finding.severity.rank),
    )
    kept = found[:MOST_RESULTS]
    rules = list(dict.fromkeys((told.finding.rule, told.finding.name) for told in kept))
    places = {rule: index for index, rule in enumerate(rules)}
    run: Json = {
        "tool": {
            "driver": {
                "name": clean(report.tool.name),
                "version": clean(report.tool.version),
                "rules": list(_rules(rules)),
            }
        },
        "originalUriBaseIds": {_ROOT: {"description": _message("The root of the checkout.")}},
        "invocations": [_invocation(report, left_out=len(found) - len(kept))],
        "results": [
            _result(told, places[told.finding.rule, told.finding.name])
            | _since(report, told.finding)
            | (_fixes(told.finding, told.audit, of_best(told.audit)) if told.audit else {})
            for told in kept
        ],
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return encoded({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _message(text: str) -> Json:
    """Return a plain message of one line in which nothing is a placeholder or a link."""
    return {"text": _literal(clean(text))}


def _literal(text: str) -> str:
    """Return *text* with braces doubled and brackets escaped (SARIF 2.1.0, 3.11.5 and 3.11.6)."""
    return _BRACKET.sub(r"\1\1\\\2", text.replace("{", "{{").replace("}", "}}"))


def _result(told: forge_terms.Told, rule: int) -> Json:
    finding = told.finding
    text = "; ".join([forge_terms.title(finding), *forge_terms.sentences(finding), f"on {told.on}"])
    result: Json = {
        "ruleId": clean(finding.rule),
        "ruleIndex": rule,
        "level": forge_terms.level(finding),
        "message": _message(text),
        "locations": [{"physicalLocation": _physical(told.where)}],
        # GitHub goes by the first of these alone, other viewers by any.
        "partialFingerprints": {
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
            "archcheck/v1": finding.fingerprint,
        },
        "properties": {
            "severity": finding.severity,
            "package": finding.package,
            "version": finding.version,
            "target": finding.target,
            "path": finding.path,
            "files": finding.evidence.files,
        },
    }
    if isinstance(finding, Ignored):
        accepted = {"kind": "external", "status": "accepted", "justification": clean(finding.reason)}
        result["suppressions"] = [accepted]
    return result


def _since(report: Report, finding: Finding) -> Json:
    """Return how *finding* stands to the baseline: on all results of a run or on none (3.27.24)."""
    if report.baseline is None:
        return {}
    return {"baselineState": "new" if finding.fingerprint in report.baseline.new else "unchanged"}


def _fixes(finding: Finding, audit: Audit, replaced: Sequence[Replacement]) -> Json:
    """Return what carries out the best plan, of a finding that it clears."""
    best = audit.plans[0] if audit.plans else None
    if not replaced or best is None or finding.remedy is None or finding.package in best.leaves:
        return {}
    by_path: dict[str, list[Json]] = {}
    for each in replaced:
        by_path.setdefault(forge_terms.repository_path(each.path), []).append(_replacement(each))
    changes = [
        {"artifactLocation": _artifact(path), "replacements": found} for path, found in by_path.items()
    ]
    return {"fixes": [{"description": _message(heading(audit, best)), "artifactChanges": changes}]}


def _replacement(one: Replacement) -> Json:
    """Return *one* as SARIF has it; where lines stay, the last one keeps its line end."""
    if one.new and one.last >= one.first:
        region = {"startLine": one.first, "endLine": one.last}
        return {"deletedRegion": region, "insertedContent": {"text": one.new.rstrip("\r\n")}}
    gone = {"startLine": one.first, "startColumn": 1, "endLine": one.last + 1, "endColumn": 1}
    return {"deletedRegion": gone} | ({"insertedContent": {"text": one.new}} if one.new else {})


def _physical(where: Place) -> Json:
    return {"artifactLocation": _artifact(where.path), "region": {"startLine": where.line}}


def _artifact(path: str) -> Json:
    uri = quote(path, safe="/", errors="replace")
    if forge_terms.is_absolute(path):
        return {"uri": f"file:///{uri.lstrip('/')}"}
    return {"uri": uri, "uriBaseId": _ROOT}


def _invocation(report: Report, *, left_out: int) -> Json:
    told = [_notification(trouble, audit.input.path) for audit in report.audits for trouble in audit.errors]
    if left_out:
        text = f"{phrases.plural(left_out, 'result')} of lesser weight left out: no more than {MOST_RESULTS}"
        told.append({"level": "warning", "message": _message(text)})
    return {"executionSuccessful": report.complete, "toolExecutionNotifications": told}


def _notification(trouble: Trouble, path: str) -> Json:
    about = f"{trouble.package}: " if trouble.package else ""
    level = "warning" if trouble.kind == "skipped" else "error"
    return {"level": level, "message": _message(f"{path}: {about}{trouble.message}")}


def _rules(rules: Iterable[tuple[str, str]]) -> Iterator[Json]:
    texts = {text.code: text for text in rule_texts.rules()}
    for code, name in rules:
        rule: Json = {"id": clean(code), "name": clean(name)}
        # A result of a newer minor version may hold a rule that is not known yet.
        yield rule | (_described(texts[code]) if code in texts else {})


def _described(text: RuleText) -> Json:
    return {
        "shortDescription": _message(text.title),
        "fullDescription": _message(text.meaning),
        "help": {
            "text": _literal("\n".join(_help(text, fence=""))),
            "markdown": "\n".join(_help(text, fence="```")),
        },
        "properties": {"tags": ["aarch64", "dependencies"]},
    }


def _help(text: RuleText, *, fence: str) -> Iterator[str]:
    yield from (text.meaning, "", text.cause, "")
    for action in text.actions:
        yield f"- {action.text}"
        if action.command:
            yield from (
                "",
                *([f"{fence}sh"] if fence else []),
                action.command,
                *([fence] if fence else []),
                "",
            )
