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
from archcheck.platforms.targets import parse_target


def known(name, version, target="debian12:python3.11", file="x-1-py3-none-manylinux2014_aarch64.whl"):
    return issues(name, Version(version), parse_target(target), file)


@pytest.mark.parametrize("name", sorted(advised()))
def test_each_advisory_can_be_checked(name):
    assert name == canonicalize_name(name)
    assert advisories(name)
    for one in advisories(name):
        SpecifierSet(one.versions)
        SpecifierSet(one.glibc)
        Version(one.newest)
        assert urlsplit(one.source).scheme == "https"
        assert date(2026, 1, 1) < one.checked
        assert not one.says.endswith(".")


def test_there_are_forty():
    assert sum(len(advisories(name)) for name in advised()) >= 40


# By the issues that the files name, and by what the files before and after hold: the last that is sound, those
# that are not, the first that is sound again.
@pytest.mark.parametrize(
    ("name", "before", "bad", "after"),
    [
        ("aws-psycopg2", ["1.0.2"], ["1.1.0", "1.2.1", "1.3.8"], []),
        ("bitsandbytes", [], ["0.31.8", "0.42.0"], ["0.43.0", "0.46.0"]),
        ("chromedriver-autoinstaller", [], ["0.0.2", "0.6.4"], []),
        ("chromedriver-py", [], ["131.0.6778.264", "156.0.8078.47"], []),
        ("ddtrace", ["1.17.1"], ["1.18.0"], ["1.18.1", "2.0.0"]),
        ("deltalake", ["0.24.0"], ["0.25.1"], ["0.25.2", "1.6.6"]),
        ("kb-python", [], ["0.28.0", "0.30.2"], []),
        ("llvmlite", [], ["0.37.0", "0.41.1"], ["0.42.0", "0.50.0"]),
        ("mip", ["1.1.0"], ["1.2.0", "1.15.0", "1.16rc0"], ["1.17", "2.0.0"]),
        ("numpy", ["1.18.5"], ["1.19.0", "1.19.5", "1.21.0"], ["1.21.1", "1.24.4"]),
        ("numpy", ["1.24.4"], ["1.25.0", "1.25.1"], ["1.25.2", "1.26.4"]),
        ("numpy", ["2.1.3"], ["2.2.0", "2.2.5"], ["2.2.6", "2.3.0"]),
        ("onnxruntime", ["1.20.1"], ["1.21.0"], ["1.21.1", "1.22.0"]),
        ("playwright", ["1.16.1"], ["1.17.0", "1.65.2"], []),
        ("polars", [], ["0.15.1", "0.20.20"], ["0.20.21", "1.0.0"]),
        ("psycopg2-binary", ["2.8.6"], ["2.9", "2.9.2", "2.9.5"], ["2.9.6", "2.9.10"]),
        ("pulp", [], ["1.6.10", "2.0", "2.7.0"], ["2.8.0", "3.3.2"]),
        ("pyarrow", ["3.0.0"], ["4.0.0", "5.0.0"], ["6.0.0", "16.1.0"]),
        ("pyarrow", ["16.1.0"], ["17.0.0"], ["18.0.0"]),
        ("pyppeteer", [], ["0.2.2", "2.0.0"], []),
        ("pyrefly", ["0.16.1"], ["0.17.0"], ["0.17.1"]),
        ("ruff", ["0.0.258"], ["0.0.259"], ["0.0.260", "0.1.0"]),
        ("scipy", ["1.5.2"], ["1.5.3", "1.7.1"], ["1.7.2", "1.17.1"]),
        ("scipy", ["1.17.1"], ["1.18.0", "1.18.1"], ["1.18.2"]),
        ("selenium", ["4.5.0"], ["4.6.0", "4.48.0"], ["4.49.0", "4.52.0"]),
        ("semgrep", [], ["0.61.0", "1.54.2"], ["1.97.0"]),
        ("speechrecognition", [], ["3.8.1", "3.14.3"], []),
        ("static-ffmpeg", [], ["2.5", "2.13"], ["3.0"]),
        ("teradatasql", [], ["17.20.0.7", "20.0.0.8"], ["20.0.0.9", "20.0.0.72"]),
        ("torch", ["1.7.1"], ["1.8.0"], ["1.8.1", "1.13.1"]),
        ("torch", ["1.13.1"], ["2.0.0"], ["2.0.1"]),
        ("torch", ["2.3.1"], ["2.4.0"], ["2.4.1", "2.5.1"]),
        ("torch", ["2.5.1"], ["2.6.0"], ["2.7.0", "2.9.1"]),
        ("torch", ["2.9.1"], ["2.10.0"], ["2.11.0"]),
        ("undetected-chromedriver", [], ["3.1.6", "3.5.5"], []),
        ("webdriver-manager", [], ["3.0.0", "4.0.2"], ["4.1.0", "4.1.2"]),
    ],
)
def test_versions(name, before, bad, after):
    file = "x-1-py3-none-any.whl"
    assert [one for one in (*before, *bad, *after) if known(name, one, file=file)] == bad


# Named by the issues: what a target's glibc, its Python or its host decides.
@pytest.mark.parametrize(
    ("name", "version", "shown", "not_shown"),
    [
        ("torch", "2.1.1", ["lambda:python3.11"], ["debian12:python3.11"]),
        ("torch", "2.10.0", ["debian12:python3.11", "rhel9:python3.12"], ["lambda:python3.12"]),
        ("polars", "0.20.20", ["rhel8:python3.11"], ["lambda:python3.11"]),
        ("numpy", "1.21.0", ["rhel8:python3.9", "lambda:python3.9"], []),
        (
            "scikit-learn",
            "1.2.2",
            ["ubuntu20.04:python3.8", "lambda:python3.11"],
            ["lambda:python3.12", "debian12:python3.11"],
        ),
        ("xgboost", "1.7.1", ["glibc2.31:python3.8"], ["glibc2.32:python3.8", "musl1.2:python3.8"]),
        ("lightgbm", "4.4.0", ["glibc2.17:python3.12"], ["glibc2.34:python3.12"]),
        ("faiss-cpu", "1.9.0", ["debian12:python3.12"], ["debian12:python3.11", "debian12:python3.13"]),
        ("z3-solver", "4.13.0.0", ["rhel8:python3.12"], ["rhel9:python3.12"]),
        ("tflite-runtime", "2.12.0", ["lambda:python3.9"], ["ubuntu22.04:python3.9"]),
        ("lief", "0.13.0", ["ubuntu22.04:python3.10"], ["debian12:python3.11"]),
    ],
)
def test_targets(name, version, shown, not_shown):
    assert [target for target in (*shown, *not_shown) if known(name, version, target)] == shown


@pytest.mark.parametrize(
    ("name", "file", "count"),
    [
        ("libclang", "libclang-16.0.6-py2.py3-none-manylinux2014_aarch64.whl", 1),
        ("libclang", "libclang-16.0.6-1-py2.py3-none-manylinux2014_aarch64.whl", 0),
    ],
)
def test_one_version_may_have_a_sound_file_and_another(name, file, count):
    assert len(known(name, "16.0.6", "lambda:python3.11", file)) == count


def test_semgrep_has_a_wheel_for_aarch64_beside_the_one_for_any():
    assert not known("semgrep", "1.60.0", file="semgrep-1.60.0-cp38-none-manylinux2014_aarch64.whl")
    assert known("semgrep", "1.60.0", file="semgrep-1.60.0-cp38-none-any.whl")


def test_only_the_files_of_the_set_are_read(monkeypatch):
    monkeypatch.setattr(table, "load", lambda *_: pytest.fail("a file was read"))
    assert known("requests", "2.0", "lambda:python3.13") == ()
