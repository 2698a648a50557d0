"""The report as CSV (RFC 4180): of a repository a line for each deployable, else for each package."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from archcheck.report import fleet, phrases
from archcheck.report.layout import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.model import Audit, Package, Report

# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DEPLOYABLE = (
    "name",
    "kind",
    "tool",
    "platform",
    "file",
    "line",
    "code",
    "inputs",
    "target",
    "target_source",
    "runtime",
    "memory_mb",
    "runs_on",
    "conditions",
    "standing",
    "effort",
    "saving",
    "findings",
    "change",
    "notes",
)
_PACKAGE = (
    "input",
    "target",
    "package",
    "version",
    "version_x86_64",
    "status_x86_64",
    "status_aarch64",
    "file",
    "remedy",
    "remedy_verified",
    "findings",
)


def to_csv(report: Report) -> str:
    """Return *report* as CSV with a header line, its lines ended by CRLF.

    No cell of a stranger's is a formula: one that would be gets an apostrophe before it, as spreadsheets
    themselves mark text.
    """
    whole = report.fleet is not None
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_DEPLOYABLE if whole else _PACKAGE)
    writer.writerows(map(_tame, _deployables(report) if whole else _packages(report)))
    return out.getvalue()


def _tame(cells: tuple[str | int | None, ...]) -> list[str | int | None]:
    return [_text(cell) if isinstance(cell, str) else cell for cell in cells]


def _text(cell: str) -> str:
    return clean(f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell)


def _deployables(report: Report) -> Iterator[tuple[str | int | None, ...]]:
    for row in fleet.rows(report):
        one = row.deployable
        edited = dict.fromkeys(f"{edit.path}:{max(edit.first, edit.last)}" for edit in one.edits)
        yield (
            one.name,
            one.kind,
            one.tool,
            one.platform,
            one.source.path,
            one.source.line,
            one.code,
            "; ".join(one.inputs),
            "; ".join(one.targets),
            row.says,
            one.runtime,
            one.memory_mb,
            row.runs_on,
            "; ".join(one.conditions),
            row.standing,
            row.effort,
            row.saving,
            "; ".join(f"{found.rule} {found.message}" for found in one.findings),
            "; ".join((*edited, *filter(None, (one.change,)))),
            len(one.notes),
        )


def _packages(report: Report) -> Iterator[tuple[str | int | None, ...]]:
    for audit in report.audits:
        where = phrases.input_name(audit.input), audit.target.id
        found: dict[str, list[str]] = {}
        for finding in phrases.all_findings(audit):
            told = "; ".join(filter(None, (finding.message, phrases.accepted(finding))))
            found.setdefault(finding.package, []).append(f"{finding.rule} {told}")
        for package in audit.packages:
            yield *where, *_package(package, audit), "; ".join(found.pop(package.name, ()))
        # What is about no package of the set, such as conda's part of it, would be lost without a line.
        rest = [*found.items(), *((each.package or "", [each.message]) for each in audit.errors)]
        for about, messages in rest:
            yield *where, about, *[None] * (len(_PACKAGE) - 4), "; ".join(messages)


def _package(package: Package, audit: Audit) -> Iterator[str | int | None]:
    x86_64, aarch64 = package.on("x86_64"), package.on("aarch64")
    remedy = package.remedy
    failing = " (fails)" if package.name in phrases.failing(audit) else ""
    yield from (package.name, aarch64.version or x86_64.version, x86_64.version)
    yield from (x86_64.status.value, f"{aarch64.status.value}{failing}", aarch64.file)
    yield from (remedy.message, "yes" if remedy.verified else "no") if remedy else (None, None)
