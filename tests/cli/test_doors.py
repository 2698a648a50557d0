"""Inputs that come from elsewhere: pixi's locks, and lists of what is in a product."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import ARM, X86

PIXI = """\
version: 6
environments:
  default:
    indexes: [INDEX]
    packages:
      linux-64:
      - conda: https://conda.example/linux-64/openssl-3.4.0-h1_1.conda
      - pypi: https://index.example/ready-1.0-X86.whl
packages:
- pypi: https://index.example/ready-1.0-X86.whl
  name: ready
  version: '1.0'
"""


def test_a_pixi_lock_without_aarch64_is_told_with_the_command_that_adds_it(archcheck):
    archcheck.write("pixi.lock", PIXI.replace("INDEX", archcheck.index_url).replace("X86", X86))
    (audit,) = archcheck("--json").report["audits"]
    found = {each["package"]: each for each in audit["findings"] if each["severity"] == "blocker"}
    assert found["pixi.lock"]["rule"] == "AC015"
    assert found["pixi.lock"]["remedy"]["message"] == "pixi project platform add linux-aarch64"
    assert found["ready"]["rule"] == "AC015", "the wheel is there, and only the lock has not got it"
    assert "conda installs was not audited: openssl" in archcheck("--strict").out


def verdicts(report: dict[str, Any]) -> dict[str, Any]:
    """Return what a report decides: of the whole, and of each package on each architecture."""
    (audit,) = report["audits"]
    packages = {
        (package["name"], result["architecture"]): (result["version"], result["status"], package["direct"])
        for package in audit["packages"]
        for result in package["results"]
        if result["status"] != "not-required"
    }
    found = audit["recommendation"]
    return {
        "packages": packages,
        "whole": (found["architecture"], found["when"], audit["summary"]["blocked"]),
    }


@pytest.mark.parametrize(
    "requirements",
    [
        ["service", "built", "source"],
        ["stuck"],
        ["drifting"],
        ["ready", "pure; platform_machine == 'aarch64'", "stuck; platform_machine == 'aarch64'"],
        ["ready"],
    ],
)
def test_archchecks_own_sbom_read_again_gives_the_same_verdicts(archcheck, store, requirements):
    store.add("drifting", "1.0", wheels=[X86, ARM])
    store.add("drifting", "1.1", wheels=[X86])
    first = archcheck(*requirements, "--json", "-o", "set.cdx.json")
    again = archcheck("set.cdx.json", "--json")
    assert verdicts(again.report) == verdicts(first.report)
    assert again.report["audits"][0]["input"]["kind"] == "sbom"
    assert again.code == first.code


def test_an_sbom_of_several_targets_is_read_for_one(archcheck):
    archcheck("service", "-t", "lambda:python3.13", "-t", "debian12:python3.13", "-o", "set.cdx.json")
    first = archcheck("service", "--json", "-t", "lambda:python3.13").report
    assert verdicts(archcheck("set.cdx.json", "--json").report) == verdicts(first)


def test_what_the_sbom_itself_cannot_tell_is_never_ready(archcheck):
    archcheck.write("a.spdx.json", json.dumps({"spdxVersion": "SPDX-2.3", "packages": [
        {"name": "ready", "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                            "referenceLocator": "pkg:pypi/ready"}]}]}))  # fmt: skip
    done = archcheck("a.spdx.json", "--json")
    (audit,) = done.report["audits"]
    assert audit["recommendation"]["architecture"] == "undetermined"
    assert (done.code, audit["errors"][0]["message"]) == (
        2,
        "a.spdx.json:1: pkg:pypi/ready: it states no version",
    )


def test_the_python_of_a_pixi_lock_is_the_targets(archcheck):
    (archcheck.folder / ".python-version").unlink()
    lock = PIXI.replace("INDEX", archcheck.index_url).replace("X86", X86)
    archcheck.write("pixi.lock", lock.replace("linux-64/openssl-3.4.0", "linux-64/python-3.12.4"))
    (audit,) = archcheck("--json").report["audits"]
    assert audit["target"]["id"] == "lambda:python3.12"
    assert audit["target"]["source"]["kind"] == "requires-python"
