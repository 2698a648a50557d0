"""What two rules find and is one cause: told once, by the one that says more."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archcheck.binaries.model import ArchiveContents, NativeFile, Needs
from archcheck.data import advisories as table
from archcheck.data.advisories import advised, advisories
from archcheck.judge.findings import problems
from archcheck.model import Severity
from tests.judge.comparisons import AL2_ARM, AL2_X86, ANY, ARM, X86, side, subject

EXTENSION = NativeFile(
    path="demo/_c.abi3.so", format="elf", machine="aarch64", bits=64, size=1, needs=Needs(glibc="2.34")
)
PROGRAM = NativeFile(path="demo/linux/manager", format="elf", machine="x86_64", bits=64, size=1)


@pytest.fixture
def known(monkeypatch):
    """Let demo 1.0 have an advisory, of what is inside it or not."""

    def put(*insides):
        one = table.advisories("z3-solver")[0]
        entries = tuple(
            replace(one, versions="==1.0", glibc="", inside=inside, says=f"says {n}")
            for n, inside in enumerate(insides)
        )
        monkeypatch.setattr("archcheck.judge.advisories.advisories", lambda name: entries)

    return put


def found(native, tags=(X86, ARM)):
    read = ArchiveContents(files=1, packed=1, unpacked=1, natives=(native,) if native else ())
    one = subject(side(AL2_X86, tags), replace(side(AL2_ARM, tags), contents=read))
    return {problem.rule: problem for _, problem in problems([one])}


def test_a_blocker_that_was_seen_takes_what_is_known_as_its_evidence(known):
    known(True)
    (problem,) = found(EXTENSION).values()
    assert (problem.rule, problem.severity) == ("AC011", Severity.BLOCKER)
    assert problem.evidence.needs == "glibc 2.34"
    (said,) = problem.evidence.detail
    assert said.startswith("says 0: https://")


def test_what_is_known_of_other_causes_stands_beside_it(known):
    known(True, False)
    both = found(EXTENSION)
    assert set(both) == {"AC011", "AC012"}
    assert both["AC012"].message == "says 1"
    known(False)
    assert set(found(EXTENSION)) == {"AC011", "AC012"}


def test_a_warning_that_was_seen_is_evidence_of_what_is_known(known):
    known(True)
    (problem,) = found(PROGRAM, (ANY,)).values()
    assert (problem.rule, problem.severity, problem.message) == ("AC012", Severity.WARNING, "says 0")
    assert problem.evidence.files == (f"demo-1.0-{ANY}.whl", "demo/linux/manager")


def test_what_was_not_seen_is_known_all_the_same(known):
    known(True)
    assert set(found(None)) == {"AC012"}


def test_those_that_files_tell_are_marked():
    marked = {name for name in advised() if any(one.inside for one in advisories(name))}
    assert {"z3-solver", "lief", "libclang", "tflite-runtime", "selenium"} <= marked
    assert not marked & {"scikit-learn", "xgboost", "polars", "psycopg2-binary"}
