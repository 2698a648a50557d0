"""The reasons and remedies that whole runs give: what is said has to be what the files on the index show."""

from __future__ import annotations

import pytest

from tests.cli.conftest import ARM, X86

OLD_BASE = ("--json", "--target", "lambda:python3.10")
NEW_ARM = "cp313-cp313-manylinux_2_39_aarch64"


def only(done, rule):
    """The one finding of this rule."""
    (finding,) = [each for each in done.report["audits"][0]["findings"] if each["rule"] == rule]
    return finding


def test_the_nearest_of_all_versions_is_told(archcheck, store):
    """onnxruntime: the newest is for another Python, and those for this one miss by their glibc."""
    for machine in ("x86_64", "aarch64"):
        store.add("demo", "1.17", wheels=[f"cp310-cp310-manylinux_2_27_{machine}"])
        store.add("demo", "1.24", wheels=[f"cp311-cp311-manylinux_2_27_{machine}"], requires_python=">=3.11")
    archcheck.write("requirements.txt", "demo>=1.17,<2\n")
    finding = only(archcheck(*OLD_BASE), "AC013")
    assert (finding["evidence"]["needs"], finding["evidence"]["has"]) == ("glibc 2.27", "glibc 2.26")
    assert finding["version"] == "1.17"


def test_drift_is_explained_by_the_version_that_is_passed_over(archcheck, store):
    """pyside6 6.12.0: its wheels for aarch64 need a newer glibc than those for x86_64."""
    store.add("demo", "6.12", wheels=[X86, NEW_ARM])
    store.add("demo", "6.8", wheels=[X86, ARM])
    archcheck.write("requirements.txt", "demo\n")
    message = only(archcheck("--json"), "AC006")["message"]
    assert message == (
        "aarch64 gets 6.8 where x86_64 gets 6.12: the aarch64 wheels of 6.12 need glibc 2.39; "
        "lambda:python3.13 has glibc 2.34"
    )


def test_drift_is_explained_by_what_stands_behind_it(archcheck, store):
    """imas-python: pure Python, and its newest version needs an imas-core without an aarch64 wheel."""
    store.add("core", "5.6", wheels=[X86])
    store.add("demo", "2.2", wheels=["py3-none-any"], requires_dist=["core"])
    store.add("demo", "2.0", wheels=["py3-none-any"])
    archcheck.write("requirements.txt", "demo\n")
    message = only(archcheck("--json"), "AC006")["message"]
    assert message.endswith("where x86_64 gets 2.2: its dependency core: 5.6 has no aarch64 wheel")


def test_drift_that_somebody_asked_for(archcheck, store):
    for version in ("1.0", "2.0"):
        store.add("demo", version, wheels=[X86, ARM])
    lines = ["demo==2.0; platform_machine == 'x86_64'", "demo==1.0; platform_machine == 'aarch64'"]
    archcheck.write("requirements.txt", "\n".join(lines))
    assert "the input asks for demo==1.0" in only(archcheck("--json"), "AC006")["message"]


@pytest.mark.parametrize("there", [True, False])
def test_a_version_without_its_local_part(archcheck, store, there):
    """torch==2.5.1+cu124: on an index that has that build for x86_64 alone, or has not got it at all."""
    if there:
        store.add("demo", "2.5.1+cu124", wheels=[X86])
    store.add("demo", "2.5.1", wheels=[X86, ARM])
    store.add("demo", "2.6.0", wheels=[X86, ARM])
    archcheck.write("requirements.txt", "demo==2.5.1+cu124\n")
    finding = only(archcheck("--json"), "AC001" if there else "AC013")
    assert finding["remedy"]["version"] == "2.5.1"
    assert "without +cu124" in finding["remedy"]["message"]
    assert there or "2.5.1 is there without +cu124" in finding["message"]
