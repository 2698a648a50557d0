"""Whole resolutions, architecture by architecture, as uv and pip answered for the same recorded pages."""

from __future__ import annotations

import re
from functools import cache

import pytest
from packaging.utils import canonicalize_name

from archcheck.app.audit import audit_input
from archcheck.inputs import read_input
from archcheck.manifest.manifest import FormatControl
from archcheck.model import Severity, Status
from archcheck.platforms.targets import parse_target
from archcheck.resolve.model import Options
from tests.oracle.reading import differences, pages, resolutions
from tests.recording.cases import FIXTURES

MODES = {
    "wheels": FormatControl(only_binary=frozenset({":all:"})),
    "sdists-as-wheels": FormatControl(),
}
# "No matching distribution found for PyYAML==5.3.1"; "Because all versions of psycopg2 have no usable wheels"
NAMED = re.compile(
    r"No matching distribution found for ([\w.-]+)|Because (?:all versions of )?([\w.-]+).* no usable"
)


def tool_of(case):
    return case["command"][0]


def about(case):
    return f"{case['set']}-{case['python']}-{case['architecture']}-{case['mode']}-{tool_of(case)}"


SOLVED = [case for case in resolutions() if case["exit"] == 0]
FAILED = [case for case in resolutions() if case["exit"] != 0]


@pytest.mark.parametrize("case", SOLVED, ids=about)
def test_the_versions_are_those_that_the_installer_takes(case, recorded_index, tmp_path, record_property):
    ours = results(case, recorded_index)
    theirs = case["pins"]
    assert all(result.status.installs for result in ours.values())
    versions = {name: result.version for name, result in ours.items()}
    other = {name for name in versions.keys() | theirs.keys() if versions.get(name) != theirs.get(name)}
    assert other == (known.packages if (known := known_difference(case)) else set())
    for name, filename in files_of(case).items():
        if filename in pages()[name][theirs[name]]:
            assert ours[name].file == filename
        else:  # the wheel that stood for the sdist
            assert not ours[name].file.endswith(".whl")
    if other:
        same_verdict(case, recorded_index, tmp_path)
    record_property("compared", f"lambda:python{case['python']}: whole sets with {case['tool']}")


@pytest.mark.parametrize("case", FAILED, ids=about)
def test_what_stops_the_installer_is_an_obstacle(case, recorded_index, record_property):
    named = {canonicalize_name(left or right) for left, right in NAMED.findall(case["errors"])}
    assert len(named) == 1, case["errors"]
    assert named <= {
        name for name, result in results(case, recorded_index).items() if not result.status.installs
    }
    findings = audited(case["set"], case["python"], case["mode"], recorded_index).findings
    if case["architecture"] == "aarch64":  # only what keeps arm64 from installing is a finding
        assert named <= {finding.package for finding in findings if finding.severity is Severity.BLOCKER}
    record_property("compared", f"lambda:python{case['python']}: failures of {case['tool']}")


def test_each_known_difference_is_met_and_says_why():
    """That its packages are the ones that differ, in each case that it is about, is tested above."""
    for known in differences():
        about_it = {(case["python"], case["mode"]) for case in SOLVED if known_difference(case) is known}
        assert about_it == {(python, mode) for python in known.pythons for mode in known.modes}
        assert known.packages
        assert len(known.reason) > 40
        assert known.reproduce


def files_of(case):
    """Return the file that pip chose of each project; uv does not tell."""
    if tool_of(case) != "pip":
        return {}
    lines = [line.split(" ") for line in case["output"].splitlines()]
    return {canonicalize_name(name): filename for name, filename in lines}


def known_difference(case):
    found = [
        known
        for known in differences()
        if (known.set, known.tool) == (case["set"], tool_of(case))
        and case["mode"] in known.modes
        and case["python"] in known.pythons
    ]
    assert len(found) < 2
    return found[0] if found else None


def results(case, index):
    """Return what archcheck says of each package that is required on the architecture of *case*."""
    packages = audited(case["set"], case["python"], case["mode"], index).packages
    found = {row.name: result for row in packages for result in row.results if of_case(result, case)}
    return {name: result for name, result in found.items() if result.status is not Status.NOT_REQUIRED}


def of_case(result, case):
    return result.architecture == case["architecture"]


def same_verdict(case, index, folder):
    """Check that the installer's versions give the findings, statuses and recommendation that ours give."""
    path = folder / "theirs.txt"
    path.write_text("".join(f"{name}=={version}\n" for name, version in case["pins"].items()))
    ours = audit(set_of(case["set"]), case["python"], case["mode"], index, remedies=True)
    theirs = audit(path, case["python"], case["mode"], index, no_deps=True, remedies=True)
    assert verdict(theirs) == verdict(ours)
    statuses = [
        {row.name: [result.status for result in row.results] for row in each.packages}
        for each in (ours, theirs)
    ]
    common = statuses[0].keys() & statuses[1].keys()
    assert {name: statuses[0][name] for name in common} == {name: statuses[1][name] for name in common}


def verdict(report):
    told = {(finding.rule, finding.severity, finding.package) for finding in report.findings}
    return told, report.recommendation.architecture, report.recommendation.when


@cache
def audited(name, python, mode, index):
    """Return the audit without what would help, which no installer answers and which takes most of the time."""
    return audit(set_of(name), python, mode, index)


def set_of(name):
    return FIXTURES / "sets" / f"{name}.txt"


def audit(path, python, mode, index, *, no_deps=False, remedies=False):
    manifest = read_input(path.name, None, environ={}, cwd=str(path.parent))
    target = parse_target(f"lambda:python{python}")
    options = Options(formats=MODES[mode], no_deps=no_deps)
    return audit_input(manifest, target, index, options, remedies=remedies)
