"""Sdists as they were judged from their names and texts, and as they built where there is no compiler."""

from __future__ import annotations

import json
from functools import cache

import pytest
from packaging.version import Version

from archcheck.index.model import SdistContents
from archcheck.inspect.sdists.classify import classify
from tests.oracle.reading import ORACLE, pages

BUILDS = json.loads((ORACLE / "builds" / "builds.json").read_text(encoding="utf-8"))["builds"]
WITHOUT_COMPILER = frozenset({"pure-sdist", "fallback-sdist"})


@cache
def release_of(sdist):
    return next(
        (name, Version(version))
        for name, page in pages().items()
        for version, files in page.items()
        if sdist in files
    )


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build["sdist"])
def test_what_is_said_to_build_without_a_compiler_does_so_and_nothing_else(
    build, recorded_index, record_property
):
    name, version = release_of(build["sdist"])
    files = recorded_index.project(name).result().releases[version]
    [file] = [file for file in files if file.filename == build["sdist"]]
    contents = recorded_index.sdist(file).result()
    assert isinstance(contents, SdistContents)
    verdict = classify(contents)
    assert (build["wheel"] is not None) == (verdict.kind in WITHOUT_COMPILER), verdict
    if verdict.kind == "pure-sdist":
        assert build["wheel"].endswith("-none-any.whl")
    record_property("compared", "sdists, built by `pip wheel` without a compiler")
