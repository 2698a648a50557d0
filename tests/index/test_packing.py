"""What is kept of a page says of every file what its entry says, however pages are written."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.index.model import Project
from archcheck.index.pages.entries import Entry, Hashes, PageError, index_file
from archcheck.index.pages.filenames import is_distribution, version_text
from archcheck.index.pages.listing import ListedFiles, Listing
from archcheck.index.pages.packing import listed
from archcheck.index.pages.simple_api import parse_json

URL = "https://user:secret@index.example/simple/demo/"
SHA = "0f" * 32
DEMO = canonicalize_name("demo")

PROJECTS = ["demo"] * 8 + ["Demo", "de-mo", "de_mo", "1", "1-1", "", "other", "de/mo"]
VERSIONS = ["1"] * 8 + ["1.0", "2rc1", "1-1", "", "1.0.tar", "one", "1!2", "01", "\uff11", "1/0", "9" * 5000]
TAILS = [
    "-py3-none-any.whl",
    "-1-py3-none-any.whl",
    "-cp313-cp313-win_amd64.whl",
    "---.whl",
    ".tar.gz",
    ".zip",
    ".tar",
]
OTHERS = [
    "-py3-any.whl",
    "0-py3-none-any.whl",
    ".1.tar.gz",
    "-a-b-c-d-e.whl",
    "-p-n-a.tar.gz",
    ".exe",
    "\\.zip",
    "-a-b-/.whl",
]


def names(*parts: list[str]) -> st.SearchStrategy[str]:
    return st.builds("{}-{}{}".format, *map(st.sampled_from, parts))


good_names = names(["demo", "Demo"], ["1", "1.0", "2rc1"], TAILS)
file_names = names(PROJECTS, VERSIONS, TAILS + OTHERS) | st.sampled_from(TAILS)

digests = st.sampled_from(
    [SHA] * 9 + [UNSET, "", SHA.upper(), "0f", "0", "none", "0 f0", "0f 0f", "\u0130" * 2]
)
hashes = st.builds(Hashes, sha256=digests, md5=digests)
announced = st.none() | st.booleans() | hashes
AUTHORITIES = [
    "https://files.example/",
    "http://files.example/",
    "https://u:p@files.example/a/",
    "../../",
    "/files/a/",
    "../x?/",
    "../x#/",
    "//",
    "/\t/",
    "",
]
ODD = [
    "http://[::1",
    "http://[::1]/",
    "http://[x/",
    "http://\u2100/",
    "HTTP://h/",
    "http://h\t/",
    "file:///",
    "x:",
    "//h",
]
FOLDERS = ["", "ab/cd/", "packages/ab/cd/", "a b/", "[/", "\u00e9/", "x#/", "?", "a@b/", "half"]


def entries(filenames: st.SearchStrategy[str], roots: list[str], **fields: st.SearchStrategy[object]):
    """Return pages: lists of entries of which most have addresses that begin alike."""

    @st.composite
    def page(draw) -> list[Entry]:
        root = st.just(draw(st.sampled_from(roots)))
        found = []
        for filename in draw(st.lists(filenames, max_size=12)):
            last = draw(st.sampled_from([filename] * 6 + ["", "x.zip", f"{filename}#sha256={SHA}"]))
            link = draw(root | root | root | st.sampled_from(roots)) + draw(st.sampled_from(FOLDERS)) + last
            found.append(Entry(filename, link, **{key: draw(value) for key, value in fields.items()}))
        return found

    return page()


def told(page: list[Entry]) -> object:
    """Return what the entries of *page* say one by one, or why it is refused."""
    try:
        return [index_file(entry, URL) for entry in page if is_distribution(entry.filename)]
    except PageError as error:
        return str(error)


def kept(page: list[Entry], name: str = "demo") -> object:
    """Return the same by way of the cache."""
    try:
        listing = listed(list(page), url=URL, name=canonicalize_name(name))
    except PageError as error:
        return str(error)
    files = ListedFiles(msgspec.msgpack.decode(msgspec.msgpack.encode(listing), type=Listing))
    assert len(files) == len(list(files))
    return list(files)


@settings(max_examples=300)
@given(
    entries(
        good_names,
        AUTHORITIES,
        hashes=hashes,
        requires_python=st.sampled_from([None, "", ">=3.8"]),
        size=st.none() | st.integers(0, 2**53 - 1),
        upload_time=st.none() | st.just("2024-01-02T03:04:05Z"),
        yanked=st.sampled_from([None, False, True, "", "broken"]),
        core_metadata=announced,
        dist_info_metadata=announced,
    )
)
def test_nothing_that_an_entry_says_is_lost(page: list[Entry]) -> None:
    assert kept(page) == told(page)


@settings(max_examples=300)
@given(entries(good_names | file_names, [*AUTHORITIES, *ODD], hashes=st.just(Hashes(sha256=SHA))))
def test_hostile_names_and_addresses_are_refused_or_kept_as_they_are(page: list[Entry]) -> None:
    assert kept(page) == told(page)


@settings(max_examples=300)
@given(st.sampled_from(["demo", "demo", "de-mo", "1", "1-1"]), st.lists(file_names, min_size=2, max_size=20))
@example("demo", ["demo-1-py3-none-any.whl", "-py3-none-any.whl", ".zip"])
@example("demo", ["demo-1-py3-none-any.whl", "demo-1-a-b-c-d-e.whl", "demo-1-py3-any.whl"])
@example("demo", ["demo-1-py3-none-any.whl", "demo-1-1.tar.gz", "demo-1-1-py3-none-any.whl"])  # build tag 1
@example("1-1", ["1_1-1-py3-none-any.whl", "1-1-1.tar.gz", "1-1-py3-none-any.whl"])  # of the project 1
def test_the_version_of_a_file_is_that_of_its_name_alone(name: str, filenames: list[str]) -> None:
    page = [
        Entry(each, "https://files.example/x") for each in filenames if "/" not in each and "\\" not in each
    ]
    project = canonicalize_name(name)
    releases = ListedFiles(listed(list(page), url=URL, name=project)).releases
    found = {file.filename: version for version, files in releases.items() for file in files}
    for each in page:
        text = version_text(each.filename, project)
        try:
            assert found.get(each.filename) == (None if text is None else Version(text))
        except ValueError:
            assert each.filename not in found


version_texts = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "", "0!", "1!"]),
    st.sampled_from(["1", "1.0", "1.0.0", "1.1", "01", "0", "0.0", "10", "1.0.0.1", "2"]),
    st.sampled_from(["", "", "", "a1", "rc1", ".post1", ".dev1", "a1.dev1", "rc1.post2", "+x", "+1", "c1"]),
)


@settings(max_examples=300)
@given(st.lists(version_texts, max_size=30))
def test_releases_are_those_that_packaging_tells_apart_newest_first(texts: list[str]) -> None:
    page = [
        Entry(f"demo-{text}-py3-none-any.whl", f"https://files.example/{n}") for n, text in enumerate(texts)
    ]
    files = ListedFiles(listed(page, url=URL, name=DEMO))
    plain = Project(name=DEMO, files=tuple(files)).releases
    assert list(files.releases.items()) == list(plain.items())
    assert list(files.releases) == sorted(set(map(Version, texts)), reverse=True)


@pytest.mark.parametrize("root", ["https://files.example/packages/", "../../packages/"])
def test_a_page_is_kept_in_a_third_of_its_length(root: str) -> None:
    files = [
        {
            "filename": (name := f"demo-1.{n // 9}-cp3{n % 9}-cp3{n % 9}-manylinux_2_28_aarch64.whl"),
            "url": f"{root}{n % 256:02x}/{n % 99:02x}/{SHA[4:]}/{name}",
            "hashes": {"sha256": SHA},
            "core-metadata": {"sha256": SHA},
            "requires-python": ">=3.9",
            "size": 1_234_567,
            "upload-time": "2024-01-02T03:04:05.678901Z",
            "yanked": False,
        }
        for n in range(1000)
    ]
    body = json.dumps({"files": files}).encode()
    listing = parse_json(body, url=URL, name=DEMO)
    assert len(msgspec.msgpack.encode(listing)) < len(body) / 2.5
