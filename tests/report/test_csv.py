from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from msgspec.structs import replace

from archcheck.report.formats.csv import to_csv
from tests.report.examples import EXAMPLES, FLEET, HOSTILE_FLEET, MATRIX, UNDETERMINED, WAY_OUT
from tests.report.strategies import REPORTS, drawn


def rows(text):
    """Return the lines as a reader of RFC 4180 has them, by the names of their columns."""
    assert text.endswith("\r\n")
    header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert all(len(line) == len(header) for line in lines)
    return [dict(zip(header, line, strict=True)) for line in lines]


def apart(audit):
    """Return what findings are about that is no package of the set."""
    found = {one.package for one in (*audit.findings, *audit.ignored)}
    return found - {package.name for package in audit.packages}


@drawn(60)
@given(REPORTS)
def test_any_report_is_read_back_a_line_each_and_holds_no_formula(one):
    text = to_csv(one)
    found = rows(text)
    packages = sum(len(audit.packages) for audit in one.audits)
    others = sum(len(apart(audit)) + len(audit.errors) for audit in one.audits)
    assert len(found) == (packages + others if one.fleet is None else len(one.deployables))
    assert not any(cell.lstrip().startswith(tuple("=+-@\t\r")) for row in found for cell in row.values())
    assert text.replace("\r\n", "").isprintable()


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1"])
def test_what_a_spreadsheet_would_reckon_is_text(name):
    (first, *_) = rows(to_csv(replace(FLEET, deployables=(replace(FLEET.deployables[0], name=name),))))
    assert first["name"].startswith("'")


def test_of_a_repository_each_deployable_is_a_line():
    api, legacy, layer, reports, edge, cron, web, tools = rows(to_csv(FLEET))
    assert api["memory_mb"] == "1024"
    assert api["change"] == "template.yaml:16"
    assert (legacy["file"], legacy["line"], legacy["standing"]) == ("template.yaml", "40", "after-changes")
    assert legacy["effort"] == "build"
    assert layer["conditions"] == "arm64 where UseGraviton is true; x86_64 where UseGraviton is false"
    assert (reports["standing"], reports["runtime"]) == ("stays", "python3.11")
    assert edge["findings"] == "AC020 the layer LambdaInsightsExtension:38 is for x86_64"
    assert (cron["notes"], cron["memory_mb"], cron["code"]) == ("1", "", "")
    assert (web["standing"], tools["kind"]) == ("already", "project")
    assert rows(to_csv(HOSTILE_FLEET))[0]["code"] == "'@SUM(1+1)*cmd|'/C calc'!A0"


def test_else_each_package_of_each_audit_is_a_line():
    found = rows(to_csv(MATRIX))
    assert len(found) == sum(len(audit.packages) for audit in MATRIX.audits)
    assert (found[0]["package"], found[0]["version"], found[0]["version_x86_64"]) == (
        "numpy",
        "2.2.6",
        "2.3.5",
    )
    assert (found[2]["status_x86_64"], found[2]["status_aarch64"]) == ("wheel", "missing")
    assert {(row["remedy"] != "", row["remedy_verified"]) for row in rows(to_csv(WAY_OUT))} == {
        (True, "no"),
        (False, ""),
    }
    assert rows(to_csv(UNDETERMINED))[1]["status_aarch64"] == "unknown"
    assert rows(to_csv(EXAMPLES["no-audits"])) == []
    last = rows(to_csv(UNDETERMINED))[-1]
    assert (last["package"], last["findings"]) == ("left-padd", "no index has a project of this name")
    (line,) = rows(to_csv(EXAMPLES["no-index"]))
    assert (line["package"], line["findings"], line["status_aarch64"]) == (
        "numpy",
        "no answer within 20 s",
        "",
    )
