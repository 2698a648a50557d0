"""Sets drawn at random, as pip resolved them on the same pages."""

from __future__ import annotations

import json

import pytest

from archcheck.app.audit import audit_input
from archcheck.inputs import read_input
from archcheck.manifest.manifest import FormatControl
from archcheck.model import Status
from archcheck.platforms.targets import parse_target
from archcheck.resolve.model import Options
from tests.oracle.reading import DRAWN

RECORDED = json.loads(DRAWN.read_text(encoding="utf-8"))
WHEELS_ONLY = Options(formats=FormatControl(only_binary=frozenset({":all:"})))


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: " ".join(case["requirements"]))
def test_archcheck_takes_what_pip_takes(case, known_index, tmp_path, record_property):
    (tmp_path / "requirements.txt").write_text("\n".join(case["requirements"]))
    manifest = read_input("requirements.txt", None, environ={}, cwd=str(tmp_path))
    target = parse_target(f"{RECORDED['target'].partition(':')[0]}:python{RECORDED['python']}")
    audit = audit_input(manifest, target, known_index, WHEELS_ONLY, remedies=False)
    results = {
        row.name: result
        for row in audit.packages
        for result in row.results
        if result.architecture == case["architecture"] and result.status is not Status.NOT_REQUIRED
    }
    if case["exit"] == 0:
        assert {name: result.version for name, result in results.items()} == case["pins"]
        assert all(result.status.installs for result in results.values())
    else:
        assert not results or not all(result.status.installs for result in results.values())
        assert audit.findings or audit.errors
    solved = "solved" if case["exit"] == 0 else "refused"
    record_property("compared", f"{RECORDED['target']}: drawn sets that {RECORDED['tool']} {solved}")
