"""Inputs that come from elsewhere: pixi's locks, and lists of what is in a product."""

from __future__ import annotations

from tests.cli.conftest import X86

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
