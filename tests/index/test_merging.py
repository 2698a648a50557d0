"""Several pages of one project come to what all their files come to, however little of them is looked at."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.index.model import Project
from archcheck.index.pages.listing import ListedFiles, Releases
from archcheck.index.pages.merging import MergedFiles
from archcheck.index.pages.simple_api import parse_json
from archcheck.index.repositories import merged
from archcheck.manifest.distribution import IndexFile
from archcheck.resolve.versions import Versions

DEMO = canonicalize_name("demo")
VERSIONS = ["1", "1.0", "1.0.0", "1.0+a", "1.0+b", "1.1rc1", "1.1", "1!0", "2", "2.post1", "no-version"]
TAILS = ["-py3-none-any.whl", "-cp313-cp313-manylinux_2_28_aarch64.whl", ".tar.gz"]

file_names = st.builds("demo-{}{}".format, st.sampled_from(VERSIONS), st.sampled_from(TAILS))
entries = st.lists(st.tuples(file_names, st.sampled_from([None, "aa", "bb"])), max_size=12)
pages = st.lists(st.tuples(entries, st.booleans()), min_size=2, max_size=3)


def project(number: int, files: list[tuple[str, str | None]], *, is_page: bool) -> Project:
    """Return a project as a page of an index lists it, or as a folder of distributions does."""
    base = f"https://{number}.example"
    if is_page:
        listed = [
            {"filename": name, "url": f"{base}/{name}", "hashes": {"sha256": sha} if sha else {}}
            for name, sha in files
        ]
        body = json.dumps({"files": listed, "meta": {"api-version": "1.0"}}).encode()
        return Project(name=DEMO, files=ListedFiles(parse_json(body, url=f"{base}/demo/", name=DEMO)))
    hashed = ((name, (f"sha256:{sha}",) if sha else ()) for name, sha in files if "no-version" not in name)
    return Project(
        name=DEMO,
        files=tuple(IndexFile(filename=name, url=f"{base}/{name}", hashes=hashes) for name, hashes in hashed),
    )


def together(projects: list[Project]) -> tuple[IndexFile, ...]:
    """Return all files, as whoever reads every page from end to end puts them together; of one, all it has."""
    having = [each.files for each in projects if each.files]
    if len(having) == 1:
        return tuple(having[0])
    kept: list[IndexFile] = []
    for file in (file for files in having for file in files):
        alike = [
            other for other in kept if other.filename == file.filename and other.hashes in {(), file.hashes}
        ]
        kept = [other for other in kept if other not in alike]
        kept.append(file)
    return tuple(kept)


@given(pages, st.permutations(VERSIONS[:-1]))
def test_pages_together_are_what_their_files_come_to(
    given_pages: list[tuple[list[tuple[str, str | None]], bool]], asked: list[str]
) -> None:
    """In whatever order versions are asked for, and by whatever range."""
    projects = [project(number, files, is_page=each) for number, (files, each) in enumerate(given_pages)]
    whole = Project(name=DEMO, files=together(projects))
    found = merged(DEMO, list(projects))
    assert isinstance(found, Project)
    for text in asked:
        assert (Version(text) in found.releases) is (Version(text) in whole.releases)
        assert found.releases.get(Version(text), ()) == whole.releases.get(Version(text), ())
    assert list(found.releases.items()) == list(whole.releases.items())
    assert len(found.releases) == len(whole.releases)
    for text in asked:
        for specifier in (f"<={text}", f"=={text}", f"<{text}", f">={text}"):
            if "+" not in text or specifier.startswith("=="):
                wanted = SpecifierSet(specifier)
                assert list(Versions().admitted(found, wanted)) == list(Versions().admitted(whole, wanted))
    assert tuple(found.files) == whole.files
    assert len(found.files) == len(whole.files)
    assert bool(found.files) is bool(whole.files)


def test_a_version_that_no_page_has_is_not_there() -> None:
    """As of any mapping."""
    both = MergedFiles([(each.files, each.releases) for each in (_short(0), _short(1))])
    with pytest.raises(KeyError):
        both.releases[Version("3")]


def test_what_nobody_asks_for_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search looks at a handful of the releases of two long pages."""
    unpacked: list[int] = []
    read = Releases._packed

    def packed(self: Releases, position: int) -> memoryview:
        unpacked.append(position)
        return read(self, position)

    monkeypatch.setattr(Releases, "_packed", packed)
    names = [(f"demo-{number}-py3-none-any.whl", None) for number in range(1_000)]
    found = merged(DEMO, [project(number, names, is_page=True) for number in range(2)])
    assert isinstance(found, Project)
    assert found.files
    newest = next(Versions().admitted(found, SpecifierSet("<500")))
    assert len(found.releases[newest]) == 1
    assert len(unpacked) < 100


def _short(number: int) -> Project:
    return project(number, [("demo-1-py3-none-any.whl", None)], is_page=True)
