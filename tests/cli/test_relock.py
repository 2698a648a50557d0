"""A uv.lock that leaves a wheel out which the index has: the setting that lets it in, and the command."""

from __future__ import annotations

LOCK = """\
version = 1
revision = 3
requires-python = ">=3.9"
{required}
[[package]]
name = "app"
version = "1"
source = {{ virtual = "." }}
dependencies = [{{ name = "ready" }}]

[[package]]
name = "ready"
version = "1.0"
source = {{ registry = "{index}" }}
wheels = [{{ url = "{index}ready-1.0-cp313-cp313-manylinux2014_x86_64.whl", hash = "sha256:{hash}" }}]
"""
SETTING = "required-environments = [\"sys_platform == 'linux' and platform_machine == 'aarch64'\"]"
REQUIRED = "required-markers = [\"platform_machine == 'aarch64' and sys_platform == 'linux'\"]"
FLAGS = ("uv.lock", "--target", "debian12:python3.13", "--no-inspect")


def audited(archcheck, *, required=""):
    archcheck.write("uv.lock", LOCK.format(index=archcheck.index_url, hash="0" * 64, required=required))
    return archcheck(*FLAGS, "--json")


def test_the_setting_and_the_command(archcheck):
    done = audited(archcheck)
    ((finding,),) = [audit["findings"] for audit in done.report["audits"]]
    assert (finding["rule"], finding["severity"]) == ("AC015", "blocker")
    assert SETTING in finding["remedy"]["message"]
    assert "uv lock --upgrade-package ready==1.0" in archcheck(*FLAGS, "-f", "html").out


def test_no_setting_where_the_lock_has_it_already(archcheck):
    done = audited(archcheck, required=REQUIRED)
    assert SETTING not in done.out
    assert done.codes == {"AC015"}
