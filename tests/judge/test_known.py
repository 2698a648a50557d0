"""The advisories as they stand; what the rule makes of them is in `rules/test_known_issue.py`."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.data import advisories as table
from archcheck.data.advisories import advised, advisories
from archcheck.judge.advisories import issues


@pytest.mark.parametrize("name", sorted(advised()))
def test_each_advisory_can_be_checked(name):
    assert name == canonicalize_name(name)
    assert advisories(name)
    for one in advisories(name):
        SpecifierSet(one.versions)
        assert urlsplit(one.source).scheme == "https"
        assert date(2026, 1, 1) < one.checked
        assert not one.says.endswith(".")


# By the issues that the files name: reported with the first, mended with the second.
@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("torch", ["2.0.0", "2.0.1", "2.1.1"], ["1.13.1", "2.1.2", "2.2.0"]),
        ("onnxruntime", ["1.10.0", "1.14.1", "1.23.1", "1.25.1"], ["1.13.1", "1.26.0"]),
        ("psycopg2-binary", ["2.9", "2.9.2", "2.9.5"], ["2.8.6", "2.9.6", "2.9.10"]),
        ("speechrecognition", ["3.8.1", "3.14.3"], []),
        ("numpy", [], ["1.26.4"]),
    ],
)
def test_versions(name, bad, good):
    target = "lambda:python3.11"
    assert [version for version in (*bad, *good) if issues(name, Version(version), target)] == bad


@pytest.mark.parametrize(("target", "known"), [("lambda:python3.11", 1), ("debian12:python3.11", 0)])
def test_targets(target, known):
    assert len(issues("torch", Version("2.0.0"), target)) == known


def test_only_the_files_of_the_set_are_read(monkeypatch):
    monkeypatch.setattr(table, "load", lambda *_: pytest.fail("a file was read"))
    assert issues("requests", Version("2.0"), "lambda:python3.13") == ()
