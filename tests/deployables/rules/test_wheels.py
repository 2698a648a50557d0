"""Which wheels the audits of a deployable speak of."""

from __future__ import annotations

import archcheck
from archcheck.deployables.rules import Wheels, wheels_of
from tests.cli.running import MOMENT

TARGET = "lambda:python3.11"


def test_what_is_installed_and_what_needs_a_newer_glibc(store, index, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHCHECK_CACHE_DIR", str(tmp_path / ".cache"))
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", MOMENT)
    store.add("pure", "1.0", wheels=["py3-none-any"])
    store.add(
        "fast",
        "2.0",
        wheels=["cp311-cp311-manylinux2014_x86_64", "cp311-cp311-manylinux_2_28_aarch64"],
    )
    (tmp_path / "requirements.txt").write_text("pure\nfast\n")
    fast, pure = wheels_of(archcheck.audit(tmp_path / "requirements.txt", targets=[TARGET]).audits)
    assert fast == Wheels(
        distribution="fast",
        version="2.0",
        target=TARGET,
        x86_64=("fast-2.0-cp311-cp311-manylinux2014_x86_64.whl",),
        aarch64=("fast-2.0-cp311-cp311-manylinux_2_28_aarch64.whl",),
    )
    assert (pure.x86_64, pure.aarch64) == (("pure-1.0-py3-none-any.whl",),) * 2
    assert (fast.compiled, fast.pure, pure.compiled, pure.pure) == (True, False, False, True)


def test_of_what_nothing_is_known_nothing_is_said():
    unknown = Wheels(distribution="demo", version=None, target=TARGET)
    assert (unknown.compiled, unknown.pure) == (False, False)
